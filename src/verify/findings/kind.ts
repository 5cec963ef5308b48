/** How much a finding weighs: an error makes the layouts inconsistent; a warning and a note do not. */
export type Severity = 'error' | 'warning' | 'note';

/** What a code stands for. */
export interface FindingKind {
  readonly severity: Severity;
  /** The flag without which nothing is found of it, where there is one. */
  readonly needs?: '--deep' | '--secrets';
  /** What it means, as a sentence. */
  readonly meaning: string;
  /** What to do about it, as a sentence. */
  readonly remedy: string;
  /** The same where the settings forbid to push; only where the remedy is to push. */
  readonly unpushed?: string;
  /** The same where there is no V1; only where the remedy needs it. */
  readonly withoutBranch?: string;
}

/** A table of codes, each with what it stands for. */
export type FindingKinds = Readonly<Record<string, FindingKind>>;

/** What to do where the comparison needs content that is not here. */
export const FETCH_ABSENT =
  'In a partial clone, run `ckpt verify --fetch --engine native`: what it fetches stays here, for runs without git too.';
/** What to do where V2 is only not finished. */
export const MIGRATE = 'Run `ckpt migrate`.';
/** What to do where V2 is wrong. */
export const REBUILD = 'Run `ckpt migrate --rebuild`.';
/** What to do where V1 can supply what V2 has lost, lacks or has otherwise, on top of the V2 that is there. */
export const REPAIR = 'Run `ckpt repair`: V1 has it.';
/** What to do where an archive or the manifest is not what follows from its content. */
export const REMAKE = 'Run `ckpt repair`: it follows from what is there.';
/** What to do where nothing that is here has it. */
export const FROM_CLONE = 'Fetch it from a clone that has it: `ckpt fetch PATH-OR-URL`.';
/** What to do where a content is not what it should be, and no layout here says what it was. */
export const IN_OTHER_CLONES =
  'Look at it in another clone. Where all have it so, it was written so, and nothing mends it.';
