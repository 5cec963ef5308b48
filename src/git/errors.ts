import type { Hint } from '../shell/hint.ts';
import type { ObjectId, ObjectType, RefName } from './object-id.ts';

/** How to get one object that is absent here. By its id, since nobody knows which ref leads to it; see also `nameRemote`. */
export function fetchObjectHint(id: string, remote = 'origin'): Hint {
  return ['Fetch it: ', ['git', 'fetch', remote, id]];
}

/** Any failure of the git seam. `doing` says what was being done, in words that follow "while". */
export class GitError extends Error {
  /** A stable code that programs can rely on. */
  readonly code: string = 'GIT_FAILED';
  /** What the user can do about it, as a sentence; absent where nobody knows. */
  hint: Hint | undefined;
  /** What became of the refs that were to move, as read back; absent where none was to. Set by `executePlan` alone. */
  state: string | undefined;
  /** What the system refused a git program, by its code in Node (`ENOSPC`); absent where it was something else. */
  readonly systemCode: string | undefined;

  constructor(message: string, options: { hint?: Hint; cause?: unknown; systemCode?: string | undefined } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.systemCode = options.systemCode;
  }
}

/** The directory is in no git repository, or in one that git refuses to open. */
export class NotARepositoryError extends GitError {
  override readonly code = 'NOT_A_REPOSITORY';
}

/** The engine that was asked for is not there, or can't serve this repository. */
export class EngineUnavailableError extends GitError {
  override readonly code = 'ENGINE_UNAVAILABLE';
}

/** A ref that can't be read. Git's own `update-ref`, `branch` and `fetch` refuse to move or delete one whose file holds something else. */
export function brokenRef(name: RefName, reason: string): GitError {
  return new GitError(`${name} is broken: ${reason}`, {
    hint: [
      'Look at it with: ',
      ['git', 'for-each-ref', name],
      '. Then put its file in the git directory right, or delete that',
    ],
  });
}

/** A ref did not have the value that a transaction expected: somebody else moved it. Nothing was changed. */
export class RefConflictError extends GitError {
  override readonly code = 'REF_MOVED';
  readonly ref: RefName;
  readonly expected: ObjectId | null;
  readonly actual: ObjectId | null | undefined;

  constructor(ref: RefName, expected: ObjectId | null, actual: ObjectId | null | undefined) {
    super(
      `${ref} was expected ${expected === null ? 'not to exist' : `at ${expected}`}, but ${
        actual === undefined ? 'has another value' : actual === null ? 'is gone' : `is at ${actual}`
      }`,
      { hint: 'Another process moved it. Run the command again.' },
    );
    this.ref = ref;
    this.expected = expected;
    this.actual = actual;
  }
}

/** A ref's lock file is held by another process, or was left behind by one that died. Nothing was changed. */
export class RefLockedError extends GitError {
  override readonly code = 'REF_LOCKED';
  readonly ref: RefName;
  readonly lockPath: string;

  constructor(ref: RefName, lockPath: string) {
    super(`${ref} is locked: ${lockPath} exists`, {
      hint: ['If no git process is at work in this repository, remove the file: ', ['rm', lockPath]],
    });
    this.ref = ref;
    this.lockPath = lockPath;
  }
}

/** A ref can't be made because another ref's name is a folder of its name, or the other way round. */
export class RefNameConflictError extends GitError {
  override readonly code = 'REF_NAME_CONFLICT';
  readonly ref: RefName;

  constructor(ref: RefName, other: RefName) {
    super(`${ref} can't be created: ${other} exists`, {
      hint: [`Delete or rename ${other} first: `, ['git', 'update-ref', '-d', other]],
    });
    this.ref = ref;
  }
}

/** The history was cut off at some depth, so that commits are missing which the work needs. */
export class ShallowHistoryError extends GitError {
  override readonly code = 'SHALLOW_HISTORY';

  constructor() {
    super('the history of this repository was cut off (a shallow clone)', {
      hint: ['Fetch the rest of it: ', ['git', 'fetch', '--unshallow']],
    });
  }
}

/** An object that the work can't do without is absent, has another type, or can't be parsed. */
export class BadObjectError extends GitError {
  override readonly code: string = 'BAD_OBJECT';
  readonly id: ObjectId;

  constructor(id: ObjectId, message: string, hint?: Hint) {
    super(message, hint === undefined ? {} : { hint });
    this.id = id;
  }
}

/** The error for an object that is here and can't be unpacked, or holds something else than its id says. */
export function damagedObject(id: ObjectId, reason: string): BadObjectError {
  return new BadObjectError(id, `the object ${id} is damaged: ${reason}`);
}

/** Why an object is damaged whose header says another size than that of its content. */
export const OTHER_SIZE = 'it has another size than it says';

/** Why an object is damaged whose content is not what its id says. */
export const OTHER_CONTENT = 'it holds something else than its id says';

const MIB = 2 ** 20;

/**
 * The largest objects that are read whole, in bytes. Nobody writes such ones, but a gigabyte of zeros takes a megabyte in a pack. Transcripts and
 * prompts have no bound: they are streamed.
 */
export const LARGEST_READ: Readonly<Record<ObjectType, number>> = {
  commit: 16 * MIB,
  tag: 16 * MIB,
  tree: 64 * MIB,
  blob: 128 * MIB,
};

/** An object is larger than any that is read whole. It is as its writer made it: no other clone has a better one. */
export class TooLargeError extends BadObjectError {
  override readonly code = 'TOO_LARGE';
  /** Why it is not read, in words that follow its name. */
  readonly reason: string;

  constructor(id: ObjectId, type: ObjectType, size: number, largest = LARGEST_READ[type]) {
    const reason = `it has ${size} bytes: a ${type} of more than ${largest / MIB} MiB is not read whole`;
    const from = type === 'commit' ? 'of the history' : 'in a commit to its layout';
    super(id, `the object ${id} is too large: ${reason}`, [
      `No agent writes such an object: take it out ${from}. Look at its size with: `,
      ['git', 'cat-file', '-s', id],
    ]);
    this.reason = reason;
  }
}

/** Throws a `TooLargeError` for an object that is not read whole. */
export function assertHeld(id: ObjectId, { type, size }: { readonly type: ObjectType; readonly size: number }): void {
  if (size > LARGEST_READ[type]) throw new TooLargeError(id, type, size);
}

/** A tree leads to so many paths that they are not listed (`PathBudget`). It is as its writer made it: no other clone has a better one. */
export class TooManyPathsError extends BadObjectError {
  override readonly code = 'TOO_MANY_PATHS';
}

/** A file, or a line of it, was asked for that is not in the commit that was looked at. */
export class NoSuchLineError extends GitError {
  override readonly code = 'NO_SUCH_LINE';

  constructor(
    path: string,
    line: number | undefined,
    reason: string,
    hint: Hint = 'Lines are those of the last commit. What is not committed yet has no checkpoint.',
  ) {
    super(`${line === undefined ? path : `line ${line} of ${path}`} can't be looked up in HEAD: ${reason}`, { hint });
  }
}
