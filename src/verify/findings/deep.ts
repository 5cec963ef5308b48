import { type FindingKinds, IN_OTHER_CLONES, REPAIR } from './kind.ts';

const FETCH = 'Get it from a clone that has it: `git fetch --refetch REMOTE REFSPEC`.';

/** Objects that are absent or damaged, and what only `--deep` finds, which reads contents. */
export const DEEP = {
  TRANSCRIPT_HASH_WRONG: {
    severity: 'error',
    needs: '--deep',
    meaning: 'A transcript in V2 or git-refs does not match its content hash, though that is not so in V1.',
    remedy: REPAIR,
    withoutBranch: IN_OTHER_CLONES,
  },
  TRANSCRIPT_HASH_MALFORMED: {
    severity: 'error',
    needs: '--deep',
    meaning: 'A content hash in V2 or git-refs is not `sha256:` and 64 hex digits, though that is not so in V1.',
    remedy: REPAIR,
    withoutBranch: IN_OTHER_CLONES,
  },
  TRANSCRIPT_HASH_MISSING: {
    severity: 'note',
    needs: '--deep',
    meaning: 'A transcript that V1 does not have is without a content hash.',
    remedy: 'None needed; nothing shows whether it is whole.',
  },
  TRANSCRIPT_NOT_JSON: {
    severity: 'error',
    needs: '--deep',
    meaning: 'A transcript in V2 or git-refs has lines that are not JSON, though that is not so in V1.',
    remedy: REPAIR,
    withoutBranch: IN_OTHER_CLONES,
  },
  TRANSCRIPT_NOT_CHECKED: {
    severity: 'note',
    needs: '--deep',
    meaning: 'The hash of a JSON object of more than 128 MiB in several pieces was not compared.',
    remedy: 'None needed.',
  },
  SUMMARY_PATH_DANGLING: {
    severity: 'error',
    needs: '--deep',
    meaning: 'A path in a summary of V2 or git-refs points at nothing, and V1 has no such path.',
    remedy: REPAIR,
    withoutBranch: IN_OTHER_CLONES,
  },
  OBJECT_GONE: {
    severity: 'error',
    meaning: 'V2 or git-refs need an object that is absent from the store, and V1 does without it.',
    remedy: `Run \`ckpt repair\`: what follows from V1 is written again. For what is left: ${FETCH}`,
    withoutBranch: FETCH,
  },
  OBJECT_DAMAGED: {
    severity: 'error',
    meaning: 'An object can not be read, or its content is not what its id says.',
    remedy:
      'Run `ckpt repair`: what follows from V1 is written again. Where it finds nothing to do, put the file of a good clone in its place.',
    withoutBranch: 'Put the file of a good clone in its place.',
  },
  TOO_MANY_PATHS: {
    severity: 'error',
    needs: '--deep',
    meaning:
      'A tree has so many paths below it, or so long ones, that they were not looked at: trees contain others many times over.',
    remedy:
      'Look at the tree (`git ls-tree`). No agent writes such folders: take it out of the checkpoint in a commit to its layout.',
  },
  OBJECT_PROMISED: {
    severity: 'note',
    meaning:
      'An object is absent from this partial clone; the remote that it was cloned from should have it. With `--deep` each is named.',
    remedy: 'To check it too: `git fetch REMOTE ID`.',
  },
  V1_OBJECT_GONE: {
    severity: 'warning',
    needs: '--deep',
    meaning: 'An object is absent from the store, and V1 needs it as well: it was not lost on the way.',
    remedy: FETCH,
  },
  V1_HASH_WRONG: {
    severity: 'note',
    needs: '--deep',
    meaning: 'A transcript does not match its content hash, in V1 as well (redacted again later, mostly).',
    remedy: 'None needed: it is carried over as it is.',
  },
  V1_HASH_MALFORMED: {
    severity: 'note',
    needs: '--deep',
    meaning: 'A content hash is not `sha256:` and 64 hex digits, in V1 as well.',
    remedy: 'None needed: it is carried over as it is.',
  },
  V1_NOT_JSON: {
    severity: 'note',
    needs: '--deep',
    meaning: 'A transcript has lines that are not JSON, in V1 as well.',
    remedy: 'None needed: it is carried over as it is.',
  },
  SECRET_FOUND: {
    severity: 'warning',
    needs: '--secrets',
    meaning: 'A line has what looks like a secret that redaction would have taken out.',
    remedy:
      'Revoke the secret. Take it out of V1, run `ckpt migrate --rebuild`, and delete the backup that it leaves (`refs/ckpt/backup/`): the secret is in it.',
    withoutBranch:
      "Revoke the secret. Take it out of the refs that have it: of V2 `main` and the generations, of git-refs the checkpoint's ref.",
  },
} as const satisfies FindingKinds;
