import { FETCH_ABSENT, type FindingKinds } from './kind.ts';

const NONE = 'None needed.';

/** How a V2 of another writer differs where nothing of V1 is lost by it. What is lost has the codes that our own V2 has. */
export const FOREIGN = {
  V2_FOREIGN: {
    severity: 'note',
    meaning: 'V2 was written by something else: it is compared by what it holds, not by its commits.',
    remedy: NONE,
  },
  SESSION_RENUMBERED: { severity: 'note', meaning: 'A session has another number in V2 than in V1.', remedy: NONE },
  SESSION_ONLY_IN_V2: {
    severity: 'note',
    meaning: 'V2 has a session that V1 does not have.',
    remedy: NONE,
  },
  SESSION_UNLISTED: {
    severity: 'warning',
    meaning: "A session is on `main`, but its checkpoint's summary there does not list it, as V1's does.",
    remedy: 'Run `ckpt repair`: it lists it again.',
  },
  FILE_ONLY_IN_V2: { severity: 'note', meaning: 'V2 has a file that V1 does not have.', remedy: NONE },
  FILE_DIFFERS: {
    severity: 'note',
    meaning:
      "A file differs from V1's and nothing is lost by it: the same values in other bytes, another mode, a transcript in other pieces, a compact transcript or a hash of its own.",
    remedy: NONE,
  },
  FILE_NOT_COMPARED: {
    severity: 'error',
    meaning: 'A file is another object than in V1, and what it holds is absent here (as in a partial clone).',
    remedy: FETCH_ABSENT,
  },
  FIELD_DIFFERS: {
    severity: 'note',
    meaning: 'A field of the metadata differs and nothing is lost by it.',
    remedy: NONE,
  },
  TRANSCRIPT_DOUBLED: {
    severity: 'warning',
    meaning: 'The transcript of a session is in two generations: deleting one of them does not delete it.',
    remedy: '`ckpt migrate --rebuild` has each once.',
  },
  AUTHORS_LOST: {
    severity: 'warning',
    meaning: "Authors of V1's commits have none in the history of `main`: who made a checkpoint can't be told from V2.",
    remedy: "`ckpt migrate --rebuild` takes V1's history over.",
  },
} as const satisfies FindingKinds;
