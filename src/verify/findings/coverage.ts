import { FETCH_ABSENT, type FindingKinds, REBUILD, REPAIR } from './kind.ts';

/** What V1 has and `main` or the generations do not, as it is in V1; and what they have besides. */
export const COVERAGE = {
  CHECKPOINT_MISSING: { severity: 'error', meaning: 'A V1 checkpoint is not on `main`.', remedy: REPAIR },
  CHECKPOINT_ONLY_IN_V2: {
    severity: 'note',
    meaning: "V2 has a checkpoint that V1's tip does not have.",
    remedy: 'None needed.',
  },
  CHECKPOINT_UNKNOWN: {
    severity: 'error',
    meaning: 'A checkpoint that was asked for is in neither layout.',
    remedy: 'Look at the ID; fetch both layouts.',
  },
  SESSION_MISSING: { severity: 'error', meaning: 'A session of a checkpoint is not on `main`.', remedy: REPAIR },
  FILE_MISSING: { severity: 'error', meaning: 'A file that V1 has is not on `main`.', remedy: REPAIR },
  FILE_CHANGED: { severity: 'error', meaning: 'A file on `main` has other content than V1 gives it.', remedy: REPAIR },
  METADATA_ABSENT: {
    severity: 'error',
    meaning:
      "A summary of V1 is absent here (as in a partial clone), so it can't be said whether V2 has it as it should.",
    remedy: FETCH_ABSENT,
  },
  FILE_EXTRA: { severity: 'error', meaning: 'A file is on `main` that V1 does not have.', remedy: REBUILD },
  FILE_MISPLACED: {
    severity: 'error',
    meaning: 'A file lies on the wrong ref: a transcript on `main`, or metadata in a generation.',
    remedy: REPAIR,
  },
  MODE_CHANGED: { severity: 'error', meaning: 'A file has another mode than in V1.', remedy: REPAIR },
  FOLDER_MALFORMED: {
    severity: 'error',
    meaning:
      'A folder of V2 has the files that it should have, but is not stored as git stores a folder: entries twice or out of order, other modes, or nothing in it.',
    remedy: REPAIR,
  },
  TRANSCRIPT_MISSING: {
    severity: 'error',
    meaning: 'The transcripts of a checkpoint, or some of their files, are in no generation.',
    remedy: REPAIR,
  },
  TRANSCRIPT_CHANGED: {
    severity: 'error',
    meaning: 'A transcript, its hash or a task file in a generation has other content than in V1.',
    remedy: REPAIR,
  },
  TRANSCRIPT_EXTRA: {
    severity: 'error',
    meaning: 'A generation has a file that V1 does not have.',
    remedy: REBUILD,
  },
  CHECKPOINT_DUPLICATED: {
    severity: 'error',
    meaning: 'The transcripts of one checkpoint are in two generations.',
    remedy: 'Run `ckpt repair`: it takes one of them away.',
  },
} as const satisfies FindingKinds;
