import type { ConfigEntry } from './git-config.ts';
import type { Network } from './network.ts';
import type { ObjectFormat, ObjectId, ObjectType, RefName } from './object-id.ts';
import type { Ref } from './ref.ts';

/** The engine that serves a repository: the `git` program, or isomorphic-git and Node alone. */
export type EngineName = 'native' | 'isomorphic';

/** An object with its content as git stores it, uncompressed and without the `<type> <size>` header. */
export interface GitObject {
  readonly id: ObjectId;
  readonly type: ObjectType;
  readonly content: Buffer;
}

/** What is known of an object without reading its content. `size` is in bytes, uncompressed. */
export interface ObjectInfo {
  readonly type: ObjectType;
  readonly size: number;
}

/** An object, and the bytes that it takes in the store: compressed, of a delta only the delta. */
export interface MeasuredObject extends ObjectInfo {
  readonly diskSize: number;
}

export type { Ref } from './ref.ts';

/** A commit in a walk of the history. Parents are in the commit's own order. */
export interface WalkedCommit {
  readonly id: ObjectId;
  readonly parents: readonly ObjectId[];
}

/** Where a walk starts and what it leaves out. */
export interface WalkOptions {
  /** Commits that are walked with all their ancestors. */
  readonly tips: readonly ObjectId[];
  /** Commits that are left out with all their ancestors. */
  readonly exclude?: readonly ObjectId[];
  /** Follow only the first parent of each commit. */
  readonly firstParent?: boolean;
}

/**
 * One line of a ref transaction. `null` stands for "there is no such ref": as `old` the ref must not exist,
 * as `new` it is deleted.
 */
export interface RefUpdate {
  readonly ref: RefName;
  readonly old: ObjectId | null;
  readonly new: ObjectId | null;
}

/** How objects are stored. */
export interface WriterOptions {
  readonly overDamaged?: boolean;
}

/** An object that a new one resembles: where it helps, only the difference is stored. */
export interface DeltaBase {
  readonly id: ObjectId;
  readonly content: Buffer;
}

/**
 * Collects new objects and stores them all at once. Ids are known at once, objects can be read by others after `flush`.
 * A writer that is never flushed leaves nothing behind.
 */
export interface ObjectWriter {
  /** The number of distinct objects that wait for `flush`. */
  readonly pending: number;
  /** Takes an object and returns its id. An object that was taken before is not taken twice. */
  add(type: ObjectType, content: Buffer, similarTo?: DeltaBase): ObjectId;
  /**
   * Stores what was taken as one pack, also where it is little: a pack can be kept from a `git gc` beside this run, and loose objects
   * can't. Objects that the taken ones refer to need not exist: a partial clone lacks some.
   */
  flush(): Promise<void>;
}

/**
 * A part of what `streamContents` gives: of each object `start`, any number of `bytes` and `end`, or that it is absent, or,
 * also after some of its bytes, that it can't be read. `index` is that of its id.
 */
export type ContentPart =
  | { readonly kind: 'start'; readonly index: number; readonly type: ObjectType; readonly size: number }
  | { readonly kind: 'bytes'; readonly index: number; readonly bytes: Buffer }
  | { readonly kind: 'end'; readonly index: number }
  | { readonly kind: 'absent'; readonly index: number }
  | { readonly kind: 'damaged'; readonly index: number; readonly reason: string };

/** Takes the object with the id at this index. */
export type ObjectVisitor = (object: GitObject | undefined, index: number) => void;

/** Takes the id of an object that can be reached; `isHere` is false where the object is absent from the store. */
export type ReachedVisitor = (id: ObjectId, isHere: boolean) => void;

/** What of the reached objects is handed over. */
export interface ReachableOptions {
  /** Absent ones alone, which is cheaper. Default: all. */
  readonly isAbsentOnly?: boolean;
  /**
   * Commits or other objects, all of them here: what they lead to is left out, of what is in the history of commits as far as the engine
   * gets to know of it on its way. What they don't lead to is never left out.
   */
  readonly exclude?: readonly ObjectId[];
}

/** Takes new objects: an `ObjectWriter`, or something that only wants to know their ids. */
export type ObjectSink = Pick<ObjectWriter, 'add'>;

/**
 * The seam to git: the only way in which the rest of the program reads and writes a repository. Two engines implement it,
 * and one contract suite (`test/git/contract`) says what both must do.
 *
 * Everything here may throw a `GitError`. Replace refs and grafts are never applied: ids mean the bytes that they name.
 */
export interface Repository {
  readonly engine: EngineName;
  /** What to call the engine in reports, for example `git 2.39.5` or `isomorphic-git 1.44.11`. */
  engineVersion(): Promise<string>;
  /** Absolute path of the git directory that all linked worktrees share. */
  readonly commonDir: string;
  /** Absolute path of where its objects are: `objects` in `commonDir`, where git's environment does not name another folder. */
  readonly objectsDir: string;
  /** Absolute path of this worktree's git directory; the same as `commonDir` in the main worktree. */
  readonly gitDir: string;
  /** Absolute path of the top of the work tree; `undefined` in a bare repository. */
  readonly workTree: string | undefined;
  readonly objectFormat: ObjectFormat;

  /** The object that a ref points at, symbolic refs followed; `undefined` when there is no such ref. */
  resolveRef(name: RefName): Promise<ObjectId | undefined>;
  /**
   * The commit that a revision names, as users write it: `HEAD`, a branch, a tag, a full ref name, an id or the start of one,
   * each with `~N`, `^` and `^N` behind it. `undefined` when it names none here, or more than one. The native engine knows the
   * rest of git's syntax (gitrevisions) as well.
   */
  resolveRevision(revision: string): Promise<ObjectId | undefined>;
  /** All refs below a prefix (`refs/entire/`), and a ref of exactly that name, sorted by name (bytes). Broken refs throw. */
  listRefs(...prefixes: string[]): Promise<Ref[]>;

  /** The objects with these ids, in their order; `undefined` stands for one that is absent from the store. */
  readObjects(ids: readonly ObjectId[]): Promise<Array<GitObject | undefined>>;
  /**
   * Hands the objects with these ids to `visit` one after the other, in their order; `undefined` stands for one that is
   * absent, and may come after the others. Unlike with `readObjects` none is kept, so that many large ones can be looked at. `visit` must not throw.
   */
  visitObjects(ids: readonly ObjectId[], visit: ObjectVisitor): Promise<void>;
  /** Type and size of the objects with these ids, in their order, without reading their content; `undefined`: absent, or its first bytes can't be read. */
  objectInfo(ids: readonly ObjectId[]): Promise<Array<ObjectInfo | undefined>>;
  /** Those of these objects that are absent from the store. Reads none of them, and fetches none into a partial clone. */
  absentObjects(ids: readonly ObjectId[]): Promise<ReadonlySet<ObjectId>>;
  /**
   * The content of a blob in pieces, for blobs too large to hold in memory. Resolves to `undefined` when the blob is
   * absent. The stream must be read to its end or destroyed (`return()`).
   */
  streamBlob(id: ObjectId): Promise<AsyncIterable<Buffer> | undefined>;

  /**
   * The contents of objects in pieces, one object after the other, so that none is held whole. Never fetches: what a partial
   * clone lacks is absent, and comes first. A damaged object is said to be that and does not end the stream. The bytes of a
   * piece are the caller's until it asks for the next one.
   */
  streamContents(ids: readonly ObjectId[]): AsyncIterable<ContentPart>;
  /** The name of the remote that has the objects which a partial clone lacks; `undefined` where this is none. */
  promisorRemote(): Promise<string | undefined>;
  /**
   * Those of these absent objects that the promisor remote of a partial clone may have: all, but for those that it was asked for
   * and turned out to lack. None where this is not a partial clone.
   */
  promisedObjects(ids: readonly ObjectId[]): Promise<ReadonlySet<ObjectId>>;

  /** Commits from the tips backwards, parents before children, each once. Throws `ShallowHistoryError` in a shallow part. */
  walk(options: WalkOptions): Promise<WalkedCommit[]>;
  /**
   * Those of these commits that lack a folder which a parent of theirs has, in the first `levels` levels of their trees. May name others too: an engine
   * that would have to read what the caller reads then anyway names all of them, and so does one that can't read a tree.
   */
  commitsDroppingFolders(commits: readonly WalkedCommit[], levels: number): Promise<ReadonlySet<ObjectId>>;
  /**
   * The commits that can be reached from the tips, and not from `exclude`, whose message has this text (ASCII), whatever its case:
   * the newest first. A tip that is not a commit is left out. A shallow history is looked at as far as it is here.
   */
  commitsWithText(tips: readonly ObjectId[], text: string, exclude?: readonly ObjectId[]): Promise<ObjectId[]>;
  /**
   * The commit that wrote each line of a file as it is in `HEAD`, in the order of the lines; with `line` (from 1 on), of that line
   * alone. `path` is absolute, or relative to the top of the work tree. Runs no filter that the repository configures. Throws
   * `NoSuchLineError` where there is no such file or line, `EngineUnavailableError` where the engine can't tell.
   */
  blame(path: string, line?: number): Promise<ObjectId[]>;
  /**
   * The object that the index has at a path of ASCII characters; `null` where it has none there, `undefined` where there is no index. Of a conflict,
   * what is ours.
   */
  indexed(path: string): Promise<ObjectId | null | undefined>;
  /** True when `ancestor` is `descendant` or reachable from it. What is absent, a blob or a tree gives false. */
  isAncestor(ancestor: ObjectId, descendant: ObjectId): Promise<boolean>;
  /**
   * Hands over every object that can be reached from the tips, which may be of any type and are reached too: each once, in no
   * order, absent ones included. Fetches nothing: what lies below an absent tree is not reached. Throws a `GitError` where a
   * commit is absent that is not a tip, unless the history was cut off there. `visit` must not throw.
   */
  visitReachable(tips: readonly ObjectId[], visit: ReachedVisitor, options?: ReachableOptions): Promise<void>;
  /** What these objects are and take, in their order; `undefined`: absent. */
  measure(ids: readonly ObjectId[]): Promise<Array<MeasuredObject | undefined>>;
  /** True when the repository was cut off at some depth (`git clone --depth`). */
  isShallow(): Promise<boolean>;

  /**
   * A new, empty collection of objects to store. `overDamaged`: objects of these ids that are in the store and damaged are not in the
   * way, and what is stored is read in their place.
   */
  objectWriter(options?: WriterOptions): ObjectWriter;
  /**
   * Says that refs reach what this repository's writers have stored, or never will. Until then, and until `close` at the latest, no
   * `git repack` or `git gc` of another process deletes the packs that hold it.
   */
  releaseObjects(): Promise<void>;
  /**
   * Moves refs in one transaction: either all of them or none. Throws `RefConflictError` when a ref does not have its
   * `old` value any more, `RefLockedError` when another process holds a ref's lock for longer than a bounded wait.
   * `message` goes to the reflog of refs that have one.
   */
  updateRefs(updates: readonly RefUpdate[], message: string): Promise<void>;

  /** The last value of a configuration key (`user.name`), or `undefined`. */
  config(key: string): Promise<string | undefined>;

  /** The way to other repositories. Its methods throw `EngineUnavailableError` for what the engine can't do. */
  network(): Network;

  /** All values of a configuration key, in their order; none where it is not set. */
  configAll(key: string): Promise<readonly string[]>;
  /** All settings of a section, of all its subsections too, in their order. */
  configIn(section: string): Promise<readonly ConfigEntry[]>;
  /** Gives a key of the repository's own configuration (`ckpt.mirror`: section and key of letters) these values; none: it is not set any more. */
  setConfig(key: string, values: readonly string[]): Promise<void>;

  /** Ends whatever the engine keeps open. Using the repository afterwards is an error. */
  close(): Promise<void>;
}
