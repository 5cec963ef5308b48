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
    meaning: 'A commit in the range names a checkpoint that a layout lacks, or that no layout here has.',
    remedy:
      'Fetch the layouts: `ckpt fetch`; what one has, `ckpt migrate` brings to the other; what none has, `ckpt push` sends from the clone where the commit was made.',
  },
} as const satisfies FindingKinds;
