/** How much a finding weighs: an error makes the layouts inconsistent; a warning and a note do not. */
export type Severity = 'error' | 'warning' | 'note';

/** What a code stands for. */
export interface FindingKind {
  readonly severity: Severity;
  /** What it means, as a sentence. */
  readonly meaning: string;
  /** What to do about it, as a sentence. */
  readonly remedy: string;
}

/** A table of codes, each with what it stands for. */
export type FindingKinds = Readonly<Record<string, FindingKind>>;

/** What to do where V2 is only not finished. */
export const MIGRATE = 'Run `ckpt migrate`.';
/** What to do where V2 is wrong. */
export const REBUILD = 'Run `ckpt migrate --rebuild`.';
/** What to do where V2 lacks something as a whole. */
export const ADD = 'Run `ckpt migrate --rebuild`: V1 has it. To a V2 of another writer `ckpt migrate` adds it.';
/** What to do where V2 has lost what V1 has. */
export const RESTORE = 'Run `ckpt migrate --rebuild`: V1 has it.';
