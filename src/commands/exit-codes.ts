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
} as const;

/** Codes of errors that say by themselves what the process ends with, and what each means to a user. */
export interface KnownError {
  readonly exitCode: FailureExitCode;
  readonly meaning: string;
}

/**
 * The errors of the git seam and of the command line by their stable code. Errors of the domain (`CkptError`) carry
 * their exit code themselves.
 */
export const KNOWN_ERRORS: Readonly<Record<string, KnownError>> = {
  WRONG_USAGE: {
    exitCode: 2,
    meaning: 'A flag or an argument is unknown, is missing, or has a value that it cannot have.',
  },
  UNKNOWN_COMMAND: { exitCode: 2, meaning: 'There is no such command.' },
  NOT_A_REPOSITORY: { exitCode: 3, meaning: 'The folder is in no git repository, or git refuses to open it.' },
  ENGINE_UNAVAILABLE: {
    exitCode: 3,
    meaning: 'The git engine that was asked for is not there, or cannot serve this repository.',
  },
  SHALLOW_HISTORY: { exitCode: 3, meaning: 'The clone is shallow, and commits are missing that the work needs.' },
  REF_MOVED: { exitCode: 1, meaning: 'Another process kept moving a ref. Nothing was changed; run the command again.' },
  REF_LOCKED: {
    exitCode: 1,
    meaning: 'Another process holds the lock of a ref, or died and left it. Nothing was changed.',
  },
  REF_NAME_CONFLICT: {
    exitCode: 1,
    meaning: 'A ref cannot be made because of another ref whose name is part of its name.',
  },
  BAD_OBJECT: { exitCode: 1, meaning: 'An object that the work cannot do without is absent or damaged.' },
  GIT_FAILED: { exitCode: 1, meaning: 'Git failed in a way that has no code of its own; the message has its words.' },
  UNEXPECTED: { exitCode: 1, meaning: 'A mistake in ckpt itself. The message names a file with the details.' },
};
