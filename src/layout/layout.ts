import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { FileRole } from '../checkpoint/roles.ts';
import type { ParsedCommit } from '../git/commit.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';

/** The ways in which checkpoints are kept in refs. */
export type LayoutName = 'v1' | 'v2' | 'refs';

/** Those that take from each of the others (`Layout.madeOf`). */
export type FreeLayout = Exclude<LayoutName, 'v2'>;

/** Two layouts, of which the second should have what the first has. */
export interface LayoutPair {
  readonly from: LayoutName;
  readonly to: LayoutName;
}

/**
 * A way of keeping checkpoints in refs. A checkpoint's *plain* form is V1's: its files under the paths that V1 gives them below the
 * checkpoint's folder.
 */
export interface Layout {
  readonly name: LayoutName;
  /** Whether generations hold its transcripts and tasks, apart from the checkpoints' folders; its summaries say nothing of raw transcripts. */
  readonly hasGenerations: boolean;
  /** Whether each checkpoint has a ref: no one commit is its state, and who deletes the ref deletes the checkpoint, which then stays away. */
  readonly hasRefPerCheckpoint: boolean;
  /** The one layout that it is projected from and mended by; any other becomes that one first. Absent: it takes from each. */
  readonly madeOf?: LayoutName;
  /** Those of some refs that this layout reads, by the shape of their names alone. None: the layout is not there. */
  refs(all: readonly Ref[]): readonly Ref[];
  /** Opens what these refs (of `refs`) hold; `undefined` where no checkpoint can be read without one that is absent. */
  open(repo: Repository, refs: readonly Ref[]): View | undefined;
  /** Where the file at a path of the plain form is kept. */
  place(id: CheckpointId, path: string): Place;
  /** For a layout on a branch: what is read where a clone does not have it, and the message of its root, an empty tree. */
  readonly branch?: { readonly copy: RefName; readonly firstMessage: string };
  /** A summary's bytes as this layout has them, from the plain form's. The buffer itself where they are the same. */
  fromPlain(summary: Buffer, id: CheckpointId): Buffer;
  /** The plain form's bytes, from a summary's as this layout has them. Absent: what it has of a summary has the plain form's bytes. */
  toPlain?(summary: Buffer, id: CheckpointId): Buffer;
}

/** Where a layout keeps a file: at a path of a ref's tree, or at one in the generation that holds the checkpoint. */
export interface Place {
  readonly ref: RefName | 'a generation';
  readonly path: string;
}

/** Which checkpoints are asked for, and what of them. */
export interface Scope {
  /** These alone; those that are not there are left out. Without it, all. */
  readonly ids?: ReadonlySet<CheckpointId>;
  /** The roles of the files that are needed: others may be left out where they lie elsewhere. Without it, all. */
  readonly roles?: readonly FileRole[];
}

/**
 * What a layout holds at one moment: the refs as they were when it was opened. All functions throw a `BadObjectError` where a commit
 * or tree that they need is absent or damaged. No blob is read.
 */
export interface View {
  readonly layout: LayoutName;
  /** The refs that it reads. */
  readonly refs: readonly Ref[];
  /** What a message names as the place of its checkpoints: a ref, or the prefix of many. */
  readonly where: string;
  /** The commits whose history has written the checkpoints. */
  readonly tips: readonly ObjectId[];
  /** The checkpoints whose IDs begin with one of these prefixes (without any: all), in the order of the IDs. */
  ids(prefixes?: readonly string[]): Promise<CheckpointId[]>;
  /**
   * The tree that each checkpoint has where its summary lies: two that are equal hold the same files there, in every layout but for
   * the bytes of the summary. In the order of the IDs.
   */
  folders(scope?: Scope): Promise<ReadonlyMap<CheckpointId, ObjectId>>;
  /** The checkpoints of a scope, in the order of the IDs, in batches that bound what is held in memory. */
  checkpoints(scope?: Scope): AsyncIterable<CheckpointView>;
  /** What lies in no checkpoint. */
  outside(): AsyncIterable<FileEntry>;
  /** The commits that wrote it, parents before children; those of `since` and before it are left out. */
  history(since?: ObjectId): AsyncIterable<ViewCommit>;
}

/** A checkpoint as a layout holds it. */
export interface CheckpointView {
  readonly id: CheckpointId;
  /** The ref that has its summary, and the commit that was read. */
  readonly at: Ref;
  /** The tree of its folder there. */
  readonly tree: ObjectId;
  /** Its files, those of sessions included. */
  readonly files: readonly FileEntry[];
  /** In the order of their numbers, which may have gaps. */
  readonly sessions: readonly SessionView[];
}

/** A session of a checkpoint. */
export interface SessionView {
  /** The folder's name: a number, but not an index. */
  readonly name: string;
  readonly files: readonly FileEntry[];
  /** Its raw transcript, where a reader finds it first; `undefined` where there is none. */
  readonly transcript: TranscriptFiles | undefined;
}

/** The files of a transcript, all in one folder of one ref. */
export interface TranscriptFiles {
  /** In their order; at least one. */
  readonly pieces: readonly FileEntry[];
  readonly hash: FileEntry | undefined;
}

/**
 * A file, or a folder that is not looked into (`mode` says which): of tasks, or of what is not known. `filesBelow` gives the files
 * in it.
 */
export interface FileEntry {
  /** Below the checkpoint's folder, or from the tree's root for what is `outside`. Bytes as latin1, as in a `TreeEntry`. */
  readonly path: string;
  readonly role: FileRole | 'outside';
  readonly mode: string;
  readonly id: ObjectId;
  readonly ref: RefName;
}

/** A commit in the history of a view. */
export interface ViewCommit {
  readonly id: ObjectId;
  /** The refs whose history it is in; of git-refs, several can share a commit. */
  readonly refs: readonly RefName[];
  readonly commit: ParsedCommit;
  /** The folders of the checkpoints that differ from the first parent's (all, where there is none); `null`: it is gone. */
  readonly changes: ReadonlyMap<CheckpointId, ObjectId | null>;
}
