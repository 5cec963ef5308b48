import type { FindingKinds } from './kind.ts';

const NONE = 'None needed.';
const TO_REFS = 'Run `ckpt migrate --from v1 --to refs`.';

/** How any two layouts stand to each other, other than V1 and V2. */
export const PAIRS = {
  REFS_MISSING: {
    severity: 'error',
    meaning: 'There are no git-refs: nothing was migrated to them yet, or they were never fetched.',
    remedy: 'Fetch them: `ckpt fetch`; or make them: `ckpt migrate --to refs`.',
  },
  V1_MISSING: {
    severity: 'error',
    meaning: 'There is no V1 branch, neither here nor as it was fetched.',
    remedy: 'Fetch it: `ckpt fetch`; or make it: `ckpt migrate --to v1`.',
  },
  PRIMARY_MISSING: {
    severity: 'warning',
    meaning: 'The layout that the settings call primary is not here, so that another one was taken as the source.',
    remedy:
      "Fetch it (`ckpt fetch`), or look at the settings: `ckpt status` says where the primary layout's name comes from.",
  },
  REFS_BEHIND: {
    severity: 'error',
    meaning: 'V1 has commits that git-refs were not projected from yet.',
    remedy: TO_REFS,
  },
  REFS_AHEAD: {
    severity: 'warning',
    meaning: 'Git-refs were projected from a newer V1 than the one that is here.',
    remedy: 'Fetch the V1 branch: `ckpt fetch`.',
  },
  CHECKPOINT_ONLY_IN_V1: {
    severity: 'note',
    meaning: 'V1 has a checkpoint that the layout it is compared with does not have.',
    remedy: NONE,
  },
  CHECKPOINT_ONLY_IN_REFS: {
    severity: 'note',
    meaning: 'Git-refs have a checkpoint that the layout they are compared with does not have.',
    remedy: NONE,
  },
  SESSION_ONLY_IN_V1: {
    severity: 'note',
    meaning: 'V1 has a session that the other layout does not have.',
    remedy: NONE,
  },
  SESSION_ONLY_IN_REFS: {
    severity: 'note',
    meaning: 'Git-refs have a session that the other layout does not have.',
    remedy: NONE,
  },
  FILE_ONLY_IN_V1: { severity: 'note', meaning: 'V1 has a file that the other layout does not have.', remedy: NONE },
  FILE_ONLY_IN_REFS: {
    severity: 'note',
    meaning: 'Git-refs have a file that the other layout does not have.',
    remedy: NONE,
  },
  CHECKPOINT_DELETED: {
    severity: 'note',
    meaning: 'A checkpoint was deleted here (`entire checkpoint delete`), and stays away from git-refs.',
    remedy: NONE,
  },
  CHECKPOINT_UNREADABLE: {
    severity: 'error',
    meaning: 'A checkpoint can not be read in one of the layouts: an object of it is absent or damaged.',
    remedy: 'Look at it with `git fsck`; fetch it again, or put the object of a good clone in its place.',
  },
  LAYOUT_UNREADABLE: {
    severity: 'error',
    meaning: 'A layout can not be read as a whole, so that it was not compared.',
    remedy: 'Look at it with `git fsck`; fetch it again.',
  },
  HISTORY_UNREADABLE: {
    severity: 'error',
    meaning:
      'The history of git-refs or of V1 has a commit or tree that is absent or damaged; contents were compared all the same.',
    remedy: 'Look at it with `git fsck`; fetch it again.',
  },
  COMMIT_TREE_CHANGED: {
    severity: 'error',
    meaning: "An earlier commit of a checkpoint's ref has another tree than its V1 commit gives it.",
    remedy: TO_REFS,
  },
  REST_MISSING: {
    severity: 'error',
    meaning: 'What V1 has outside of checkpoints is not kept beside git-refs: `refs/ckpt/v1-rest` is not there.',
    remedy: TO_REFS,
  },
  REST_CHANGED: {
    severity: 'error',
    meaning: '`refs/ckpt/v1-rest` is not what follows from V1.',
    remedy: TO_REFS,
  },
} as const satisfies FindingKinds;

/** What a code of V1 and V2 means, where other layouts were compared. `TARGET` and `SOURCE` stand for their names. */
export const PAIR_MEANINGS: Readonly<Record<string, string>> = {
  CHECKPOINT_MISSING: 'A checkpoint of SOURCE is not in TARGET.',
  SESSION_MISSING: 'A session of a checkpoint is not in TARGET.',
  SESSION_UNLISTED: "A session is in TARGET, but its checkpoint's summary there does not list it.",
  SESSION_RENUMBERED: 'A session has another number in TARGET than in SOURCE.',
  FILE_MISSING: 'A file that SOURCE has is not in TARGET.',
  FILE_CHANGED: 'A file in TARGET has other content than SOURCE gives it.',
  FILE_EXTRA: 'A file is in TARGET that SOURCE does not have.',
  FILE_DIFFERS: 'A file differs from that of SOURCE and nothing is lost by it, or TARGET has what it was made of.',
  FILE_NOT_COMPARED:
    'A file is another object than in SOURCE, and what it holds is absent here (as in a partial clone).',
  MODE_CHANGED: 'A file has another mode than in SOURCE.',
  FOLDER_MALFORMED: 'A folder of TARGET has the files that it should have, but is not stored as git stores a folder.',
  TRANSCRIPT_MISSING: 'The transcripts of a checkpoint, or some of their files, are not in TARGET.',
  TRANSCRIPT_CHANGED: 'A transcript, its hash or a task file in TARGET has other content than in SOURCE.',
  TRANSCRIPT_EXTRA: 'TARGET has a transcript or task file that SOURCE does not have.',
  FIELD_LOST: 'A field of the metadata in SOURCE is not in TARGET.',
  FIELD_CHANGED: 'A field of the metadata has another value in TARGET.',
  FIELD_ADDED: 'The metadata in TARGET has a field that SOURCE lacks.',
  COMMIT_MISSING: 'A commit of V1 that wrote a checkpoint has no image in the history of its ref.',
  COMMIT_UNKNOWN: "A checkpoint's ref has a commit that is the image of no V1 commit.",
  COMMIT_AUTHOR_CHANGED: "A commit of a checkpoint's ref has another author or author date than its V1 commit.",
  COMMIT_COMMITTER_CHANGED: "A commit of a checkpoint's ref has another committer or commit date than its V1 commit.",
  COMMIT_MESSAGE_CHANGED: "A commit of a checkpoint's ref has another message than its V1 commit gives it.",
  COMMIT_PARENTS_CHANGED: "A commit of a checkpoint's ref has other parents than its V1 commit gives it.",
  COMMIT_HEADERS_CHANGED:
    "A commit of a checkpoint's ref has a header that its V1 commit does not give it, or lacks one.",
  V1_REWRITTEN: "V1's history does not contain the commit that git-refs were projected from.",
};
