import type { FindingKinds } from './kind.ts';

/** What the trailers of the user's own commits name. */
export const SCOPE = {
  NOTHING_COMPARED: {
    severity: 'note',
    meaning: 'No checkpoint was looked at: nothing of what was asked for names one. With `--require` this is an error.',
    remedy: 'Look whether the range or the date is the one that you mean.',
  },
  TRAILER_INVALID: {
    severity: 'error',
    meaning: 'A commit in the range has an `Entire-Checkpoint` trailer that is not a checkpoint ID.',
    remedy: 'Look at the commit: `git show --no-patch COMMIT`; a checkpoint ID is 12 lowercase hex digits or a ULID.',
  },
  TRAILER_UNRESOLVED: {
    severity: 'error',
    meaning: 'A commit in the range names a checkpoint that is not in both layouts.',
    remedy:
      'Fetch the layouts: `ckpt fetch`; where V1 has it, run `ckpt migrate`; else push V1 from where the commit was made.',
  },
} as const satisfies FindingKinds;
