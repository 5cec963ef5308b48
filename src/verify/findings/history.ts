import { type FindingKinds, REBUILD } from './kind.ts';

/** The history of `main`. */
export const HISTORY = {
  COMMIT_MISSING: { severity: 'error', meaning: 'A V1 commit has no image in the history of `main`.', remedy: REBUILD },
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
    remedy: 'For the history too: `git fetch --unshallow REMOTE`; the finding has the command for this clone.',
  },
} as const satisfies FindingKinds;
