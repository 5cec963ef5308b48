import { ODDITIES, type OddityCode } from '../checkpoint/oddity.ts';

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

const MIGRATE = 'Run `ckpt migrate`.';
const REBUILD = 'Run `ckpt migrate --rebuild`.';
const RESTORE = 'Run `ckpt migrate --rebuild`: V1 has it.';

/** Every code that the comparison of the layouts can give. `docs/verify.md` is tested against this table. */
export const LAYOUT_FINDINGS = {
  V2_MISSING: {
    severity: 'error',
    meaning: 'V2 has no `main`: nothing was migrated yet, or it was deleted.',
    remedy: MIGRATE,
  },
  V2_BEHIND: { severity: 'error', meaning: 'V1 has commits that V2 was not projected from yet.', remedy: MIGRATE },
  V2_AHEAD: {
    severity: 'warning',
    meaning: 'V2 was projected from a newer V1 than the one that is here.',
    remedy: 'Fetch the V1 branch.',
  },
  V1_REWRITTEN: {
    severity: 'error',
    meaning: "V1's history does not contain the commit that V2 was projected from.",
    remedy: 'Fetch the V1 that V2 comes from; if V1 was rewritten, run `ckpt migrate --rebuild`.',
  },
  V2_FOREIGN: {
    severity: 'note',
    meaning: 'V2 was written by something else: there is no history to compare.',
    remedy: 'None needed.',
  },
  CHECKPOINT_MISSING: { severity: 'error', meaning: 'A V1 checkpoint is not on `main`.', remedy: RESTORE },
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
  SESSION_MISSING: { severity: 'error', meaning: 'A session of a checkpoint is not on `main`.', remedy: RESTORE },
  FILE_MISSING: { severity: 'error', meaning: 'A file that V1 has is not on `main`.', remedy: RESTORE },
  FILE_CHANGED: { severity: 'error', meaning: 'A file on `main` has other content than V1 gives it.', remedy: RESTORE },
  FIELD_LOST: { severity: 'error', meaning: 'A field of the metadata in V1 is not on `main`.', remedy: RESTORE },
  FIELD_CHANGED: {
    severity: 'error',
    meaning: 'A field of the metadata has another value on `main`.',
    remedy: RESTORE,
  },
  FIELD_ADDED: { severity: 'error', meaning: 'The metadata on `main` has a field that V1 lacks.', remedy: REBUILD },
  FILE_EXTRA: { severity: 'error', meaning: 'A file is on `main` that V1 does not have.', remedy: REBUILD },
  FILE_MISPLACED: {
    severity: 'error',
    meaning: 'A file lies on the wrong ref: a transcript on `main`, or metadata in a generation.',
    remedy: REBUILD,
  },
  MODE_CHANGED: { severity: 'error', meaning: 'A file has another mode than in V1.', remedy: REBUILD },
  TRANSCRIPT_MISSING: {
    severity: 'error',
    meaning: 'The transcripts of a checkpoint, or some of their files, are in no generation.',
    remedy: RESTORE,
  },
  TRANSCRIPT_CHANGED: {
    severity: 'error',
    meaning: 'A transcript, its hash or a task file in a generation has other content than in V1.',
    remedy: RESTORE,
  },
  TRANSCRIPT_EXTRA: {
    severity: 'error',
    meaning: 'A generation has a file that V1 does not have.',
    remedy: REBUILD,
  },
  CHECKPOINT_DUPLICATED: {
    severity: 'error',
    meaning: 'The transcripts of one checkpoint are in two generations.',
    remedy: REBUILD,
  },
  CURRENT_MISSING: { severity: 'error', meaning: 'There is no `full/current`.', remedy: MIGRATE },
  GENERATION_MISSING: {
    severity: 'warning',
    meaning: 'An archived generation between 1 and the newest is not there: pruned, or never fetched.',
    remedy: 'If it was not pruned, fetch `+refs/entire/*:refs/entire/*`.',
  },
  GENERATION_UNREADABLE: {
    severity: 'error',
    meaning: 'A generation can not be read: its ref points at no commit, or a tree of it is absent.',
    remedy: 'Fetch it again, or run `ckpt migrate --rebuild`.',
  },
  GENERATION_EMPTY: { severity: 'error', meaning: 'An archived generation holds no checkpoint.', remedy: REBUILD },
  GENERATION_TOO_LARGE: {
    severity: 'warning',
    meaning: 'A generation holds more checkpoints than the setting allows.',
    remedy: 'None needed where it was made with `--max-checkpoints`; else run `ckpt migrate --rebuild`.',
  },
  GENERATION_NUMBER_WRONG: {
    severity: 'error',
    meaning: "An archived generation's commit names another number than its ref.",
    remedy: REBUILD,
  },
  GENERATION_JSON_MISSING: {
    severity: 'error',
    meaning: 'An archived generation has no `generation.json`.',
    remedy: REBUILD,
  },
  GENERATION_JSON_WRONG: {
    severity: 'error',
    meaning: "A `generation.json` does not tell the times of its checkpoints' sessions.",
    remedy: REBUILD,
  },
  GENERATION_JSON_MISPLACED: {
    severity: 'error',
    meaning: '`full/current` has a `generation.json`, which only archives have.',
    remedy: REBUILD,
  },
  GENERATION_COMMIT_WRONG: {
    severity: 'error',
    meaning: "An archived generation's commit has a parent, another identity or another date than its content gives.",
    remedy: REBUILD,
  },
  REF_UNKNOWN: {
    severity: 'warning',
    meaning: 'Below the V2 refs lies one that the layout does not know.',
    remedy: 'Look at it; nothing reads it.',
  },
  COMMIT_MISSING: { severity: 'error', meaning: 'A V1 commit has no image in the history of `main`.', remedy: RESTORE },
  COMMIT_DUPLICATED: { severity: 'error', meaning: 'A V1 commit has two images on `main`.', remedy: REBUILD },
  COMMIT_UNKNOWN: {
    severity: 'error',
    meaning: 'The history of `main` has a commit that is the image of no V1 commit.',
    remedy: REBUILD,
  },
  COMMIT_AUTHOR_CHANGED: {
    severity: 'error',
    meaning: 'A commit on `main` has another author or author date than its V1 commit.',
    remedy: REBUILD,
  },
  COMMIT_COMMITTER_CHANGED: {
    severity: 'error',
    meaning: 'A commit on `main` has another committer or commit date than its V1 commit.',
    remedy: REBUILD,
  },
  COMMIT_MESSAGE_CHANGED: {
    severity: 'error',
    meaning: 'A commit on `main` has another message than its V1 commit gives it.',
    remedy: REBUILD,
  },
  COMMIT_PARENTS_CHANGED: {
    severity: 'error',
    meaning: "A commit on `main` has other parents than the images of its V1 commit's parents.",
    remedy: REBUILD,
  },
  COMMIT_HEADERS_CHANGED: {
    severity: 'error',
    meaning: 'A commit on `main` has a header that its V1 commit does not give it, or lacks one.',
    remedy: REBUILD,
  },
  HISTORY_NOT_COMPARED: {
    severity: 'note',
    meaning: 'The history was not compared: this is a shallow clone.',
    remedy: 'For the history too: `git fetch --unshallow`.',
  },
} as const satisfies Record<string, FindingKind>;

/** A stable code: a difference between the layouts, or an oddity of V1. */
export type FindingCode = keyof typeof LAYOUT_FINDINGS | OddityCode;

/** One thing that verify has found, at one place. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What is wrong, with the names in it. Text out of the repository is not yet made safe for a terminal. */
  readonly message: string;
  /** The ref that it was found on. */
  readonly ref?: string;
  readonly checkpoint?: string;
  /** The name of the session's folder. */
  readonly session?: string;
  /** From the root of the ref's tree. */
  readonly path?: string;
  /** In a metadata file, as `sessions[0].prompt`. */
  readonly field?: string;
  /** A commit that it is about: in the history of V1 where there is one, else of `main`. */
  readonly commit?: string;
}

/** Where a finding was made. */
export type FindingPlace = Omit<Finding, 'code' | 'severity' | 'message'>;

/** Makes a finding; its severity is that of its code. */
export function finding(code: keyof typeof LAYOUT_FINDINGS, message: string, place: FindingPlace = {}): Finding {
  return { code, severity: LAYOUT_FINDINGS[code].severity, message, ...place };
}

/** What a code stands for. Oddities of V1 are notes: they were there before. */
export function kindOf(code: FindingCode): FindingKind {
  if (code in LAYOUT_FINDINGS) return LAYOUT_FINDINGS[code as keyof typeof LAYOUT_FINDINGS];
  const description = ODDITIES[code as OddityCode];
  return { severity: 'note', meaning: `In V1: ${description}.`, remedy: 'None needed: it is carried over as it is.' };
}
