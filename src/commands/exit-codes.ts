import type { FailureExitCode } from '../checkpoint/errors.ts';

/** What the process ends with, for every command. `docs/errors.md` explains each to users and is tested against this. */
export const EXIT = {
  /** Done, or consistent. */
  ok: 0,
  /** The work failed, or the layouts do not agree. */
  failed: 1,
  /** The command was called in a wrong way. */
  usage: 2,
  /** What was asked for can't be done here: no repository, no such ref, no engine. */
  impossible: 3,
  /** Stopped by Ctrl-C (SIGINT): 128 + 2, as shells count. */
  interrupted: 130,
  /** Stopped by SIGTERM: 128 + 15. */
  terminated: 143,
} as const;

/** What one error code means to a user, and what the process ends with. */
export interface KnownError {
  readonly exitCode: FailureExitCode;
  readonly meaning: string;
  /** What to do about it, where the error itself does not say. */
  readonly remedy?: string;
}

type Meaning = string | Omit<KnownError, 'exitCode'>;

/** The codes by what the process ends with: what each means, with a remedy where the error itself does not say one. */
const BY_EXIT_CODE: Readonly<Record<FailureExitCode, Readonly<Record<string, Meaning>>>> = {
  1: {
    FLEET_REPORT_IN_USE: 'Another run of `ckpt fleet` writes to the same report.',
    REMOTE_FAILED: 'A remote could not be reached, refused, or broke off. The message has no credentials in it.',
    REMOTE_REWRITTEN:
      'The V1 of a remote was rewritten there, and this clone has commits that it lacks. Local refs were not changed.',
    REMOTE_AHEAD: 'The V2 of a remote is not the one that is here, so nothing is deleted there. Fetch and push first.',
    PUSH_TIMED_OUT: 'The push was not done within `--timeout`. The next push continues it.',
    BLOB_TOO_LARGE: 'A file is larger than the host takes. Nothing was pushed.',
    V1_REWRITTEN:
      'V1 was rewritten and lacks checkpoints or sessions that V2 has from it. Nothing was changed; `ckpt migrate --from v2 --to v1` brings them back, `ckpt migrate --accept-lost` goes on without them.',
    V2_WITHOUT_MAIN: 'There are generations that V1 does not explain, and no `main`. Nothing was changed.',
    REF_MOVED: 'Other processes kept moving a ref. Nothing was changed; run the command again.',
    REF_LOCKED: 'A process holds the lock of a ref, or died and left it. Nothing was changed.',
    REF_NAME_CONFLICT: {
      meaning: 'A ref cannot be made: the name of another ref is part of its name.',
      remedy: 'Rename or delete the ref that stands in the way.',
    },
    BAD_MANIFEST: 'The manifest of the generations cannot be read. Nothing was changed.',
    BAD_OBJECT: {
      meaning: 'An object that the work cannot do without is absent or damaged.',
      remedy:
        '`ckpt verify` names what is absent or damaged, and `ckpt repair` makes again what follows from V1. The rest is in a clone that has it: `ckpt fetch`.',
    },
    TOO_LARGE: {
      meaning:
        'An object that the work cannot do without is larger than any that is read whole: a commit or a tag of more than 16 MiB, a tree of more than 64 MiB, another file than a transcript or a prompt of more than 128 MiB.',
      remedy:
        'Look at its size (`git cat-file -s`). No agent writes such an object: take it out in a commit to its layout, or, a commit, out of the history.',
    },
    TOO_MANY_PATHS: {
      meaning: 'A tree has too many paths below it, or too long ones: trees contain others many times over.',
      remedy:
        'Look at the tree (`git ls-tree`). No agent writes such folders: take it out of the checkpoint in a commit to its layout.',
    },
    HOOK_FILE_FAILED: 'A hook, or the settings of an agent, cannot be read or written.',
    BAD_AGENT_SETTINGS:
      "An agent's settings are not JSON, or hold something else where hooks belong. Nothing was changed.",
    BAD_SETTINGS: 'A settings file below `.entire/` cannot be read.',
    FILE_UNREADABLE: {
      meaning: 'A file that was named on the command line cannot be read.',
      remedy: 'Name a file that is there and that you may read.',
    },
    FILE_NOT_WRITTEN: {
      meaning: 'A file that was named on the command line cannot be written.',
      remedy: 'Name a file in a folder that is there and that you may write to.',
    },
    DOCUMENT_UNREADABLE: 'The document that was to be written cannot be read.',
    TRANSCRIPT_UNREADABLE: 'A transcript that a document names cannot be read. Nothing was written.',
    SESSION_FOLDER_TAKEN: "A session's folder holds another session. Nothing was written.",
    CHECKPOINT_NOT_FOUND: 'No checkpoint has this ID, or an ID that begins with it.',
    NO_CHECKPOINT_NAMED: 'The commit, or the one that wrote the line, names no checkpoint.',
    NO_CHECKPOINTS_NAMED: 'No commit of the range names a checkpoint that is here.',
    SESSION_NOT_FOUND: 'The checkpoint does not have this session.',
    PART_NOT_FOUND: 'The session does not have the file that was asked for.',
    TRANSCRIPT_PRUNED: 'The transcript is in no generation that is here; generations were pruned, or were not fetched.',
    REDACTION_FAILED: 'The search for secrets failed, so nothing was stored unredacted.',
    TIMEOUT: 'V2 took longer than the time limit of a hook: a warning there, never a failure.',
    OUTPUT_NOT_WRITTEN: 'The result cannot be written to stdout, for example because a disk is full.',
    SYSTEM_REFUSED:
      'The system did not read or write what it was asked to: no room, no permission, too many open files.',
    GIT_FAILED: {
      meaning: 'Git failed in a way that has no code of its own.',
      remedy: 'See whether the repository is whole (`git fsck`), then run the command again.',
    },
    GIT_PROGRAM_FAILED: {
      meaning: 'The git program failed; the message has its words.',
      remedy: 'Mend what git complains of, then run the command again.',
    },
    UNEXPECTED: 'A bug in ckpt. The message names a file with the details.',
  },
  2: {
    WRONG_USAGE: 'A flag or an argument is unknown, missing, or has a value that it cannot have.',
    REPOSITORY_CLOSED: 'A program used a repository of the library after it had closed it.',
    UNKNOWN_COMMAND: 'There is no such command.',
    NOT_A_TERMINAL: '`ckpt browse` needs a terminal, and stdin or stdout is not one.',
    MAX_CHECKPOINTS_DIFFERS: 'The flag gives generations another size than the one recorded.',
    BAD_MAX_CHECKPOINTS: 'A generation cannot hold that many checkpoints.',
    BAD_CHECKPOINT_ID: 'What was named is not a checkpoint ID.',
    SAME_LAYOUT: { meaning: '`--from` and `--to` name the same layout.', remedy: 'Name two of v1, v2 and refs.' },
    BAD_RANGE: 'The value of `--commits` is not a range of commits.',
    BAD_SINCE: 'The value of `--since` is a commit, but not one of the V1 branch.',
    BAD_BASELINE: 'The baseline file holds something else. It was not changed.',
    NO_BASELINE: 'The file that `--baseline` names is not there.',
    TOO_MANY_FINDINGS: 'A baseline would have to name more findings of a code than are held. It was not changed.',
    AMBIGUOUS_CHECKPOINT: 'Several checkpoint IDs begin with what was named; the message lists them.',
    SEVERAL_CHECKPOINTS: 'A commit, or a file, leads to several checkpoints; the message lists them.',
    SESSION_NOT_NAMED: 'One part of a session was asked for, and the checkpoint has several sessions.',
    BAD_DOCUMENT: 'The document that was to be written does not fit its schema.',
    BAD_WRITE: 'A checkpoint, session, tool-use or agent ID has a form that it cannot have. Nothing was written.',
    FLEET_URL_REFUSED: 'A list of repositories has a URL that would run a program, or a line that begins with `-`.',
    FLEET_REPORT_DIFFERS: 'A folder has the report of another command. It was not changed.',
    NO_REMOTE: 'There is no such remote; or none was named, and there is no default one.',
  },
  3: {
    NO_REPOSITORIES: 'The list, or the folder, has no repository.',
    NO_FLEET_REPORT: 'A folder that `ckpt fleet merge` was given has no report of a fleet.',
    NOT_A_REPOSITORY: {
      meaning: 'The folder is in no git repository, or git refuses to open it.',
      remedy: 'Name a repository with --repo DIR, or change into one.',
    },
    ENGINE_UNAVAILABLE: {
      meaning: 'The git engine is not there, or cannot serve this repository.',
      remedy: 'Try the other engine: --engine native, or --engine isomorphic.',
    },
    NO_CHECKPOINTS: 'The repository has no layout, or not the one that was asked for.',
    NO_V1: 'There is neither a V1 branch, here or as a copy of origin, nor a V2.',
    NO_V2: 'There are no V2 refs to compare with.',
    NO_REFS: 'There are no git-refs to compare with.',
    ONLY_LAYOUT: 'There is one layout here alone, and nothing to compare it with.',
    SHALLOW_HISTORY: 'The clone is shallow, and commits are missing that the work needs.',
    UNKNOWN_REVISION: 'A revision that was named is not a commit that is here.',
    BAD_REF: 'A ref points at an object that is absent or is not a commit.',
    NO_BACKUP: 'There is no backup of the archive that was to be restored.',
    CHECKPOINT_EXISTS: 'The checkpoint that was to be restored is there, and nothing of it is lost.',
    CHECKPOINT_DELETED:
      'The checkpoint that was to be restored was deleted here on purpose (`entire checkpoint delete`).',
    CANNOT_REPAIR: 'V2 was to be mended by another layout than V1. V2 follows from V1.',
    CANNOT_RESTORE: "Lost sessions can't be put back into a checkpoint that is there.",
    ARCHIVE_EXISTS: 'The archive that was to be restored is there. Nothing was changed.',
    NOTHING_TO_RESTORE: 'All that the backup of an archive holds is in other generations by now. Nothing was changed.',
    FOLDER_NOT_EMPTY: 'A new repository was to be made in a folder that is not empty.',
    NO_HOOKS_FOLDER: '`core.hooksPath` is empty, or names something that is not a folder: git runs no hooks.',
    NO_WORK_TREE: "An agent's settings lie in a work tree, and this repository has none.",
    V2_ONLY_UNREADABLE: 'A rebuild would lose what only V2 has, since that cannot be read. Nothing was changed.',
    NO_SUCH_LINE: 'There is no such file or line in the last commit.',
  },
  130: {
    INTERRUPTED: 'Ctrl-C (SIGINT). The message says where the refs are, as read back.',
  },
  143: {
    TERMINATED: 'SIGTERM. The message says where the refs are, as read back.',
  },
};

/**
 * Every error that a command can end with, by its stable code. A test compares this table with `docs/errors.md` and with
 * the codes in the source.
 */
export const KNOWN_ERRORS: Readonly<Record<string, KnownError>> = Object.fromEntries(
  Object.entries(BY_EXIT_CODE).flatMap(([exitCode, errors]) =>
    Object.entries(errors).map(([code, facts]) => [
      code,
      { ...(typeof facts === 'string' ? { meaning: facts } : facts), exitCode: Number(exitCode) as FailureExitCode },
    ]),
  ),
);
