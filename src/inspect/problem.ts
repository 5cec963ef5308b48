/** Something that is off. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** The command that mends it, or shows more, as words; none where no command does. */
  readonly commands: readonly (readonly string[])[];
}

export type ProblemCode =
  | 'NO_CHECKPOINTS'
  | 'LAYOUT_UNREADABLE'
  | 'CHECKPOINT_UNREADABLE'
  | 'PRIMARY_MISSING'
  | 'V1_MISSING'
  | 'REFS_MISSING'
  | 'CHECKPOINT_MISSING'
  | 'CHECKPOINT_ONLY_IN_V1'
  | 'CHECKPOINT_ONLY_IN_V2'
  | 'CHECKPOINT_ONLY_IN_REFS'
  | 'V1_UNREADABLE'
  | 'V1_ONLY_REMOTE'
  | 'SHALLOW_CLONE'
  | 'V2_MISSING'
  | 'V2_UNREADABLE'
  | 'V2_BEHIND'
  | 'V2_AHEAD'
  | 'V1_REWRITTEN'
  | 'V2_FOREIGN'
  | 'V2_DIFFERS'
  | 'V2_UNKNOWN'
  | 'GENERATION_UNREADABLE'
  | 'MANIFEST_UNREADABLE'
  | 'GENERATION_MISSING'
  | 'GENERATION_JSON_MISSING'
  | 'TRANSCRIPT_MISSING'
  | 'GENERATION_PAST_RETENTION'
  | 'CURRENT_MISSING'
  | 'CURRENT_FULL'
  | 'SETTINGS_UNREADABLE'
  | 'SETTING_UNKNOWN'
  | 'HOOKS_UNREADABLE'
  | 'HOOKS_MISSING'
  | 'MIRROR_FAILED'
  | 'V2_NOT_KEPT';

/** A problem, with the command that mends it: words without spaces in them. */
export function problem(code: ProblemCode, message: string, command: string | null): Problem {
  return { code, message, commands: command === null ? [] : [command.split(' ')] };
}
