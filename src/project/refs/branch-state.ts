import type { ObjectId } from '../../git/object-id.ts';
import type { TreeEntry } from '../../git/tree.ts';
import type { ChunkedMap } from './chunked-map.ts';

/** A checkpoint at a V1 commit: its folder, and the commit of its ref that is the image of the V1 commit. */
export interface CheckpointImage {
  readonly folder: ObjectId;
  /** `undefined` where it is not known, or not wanted. */
  readonly image: ObjectId | undefined;
  /** The tree of an image that an earlier run has made: to be compared with what the folder becomes, before it is built on. */
  readonly tree?: ObjectId | undefined;
}

/** A shard folder of a V1 tree with its checkpoints. States of several commits share it where it is the same. */
export interface ShardState {
  readonly id: ObjectId;
  readonly entries: readonly TreeEntry[];
  /** By checkpoint. */
  readonly held: ChunkedMap<CheckpointImage>;
}

/** A shard that no commit has changed since an earlier run, and that was not looked into. */
export interface UnreadShard {
  readonly id: ObjectId;
  readonly entries?: undefined;
  /** True where it is as it was at the commit that the earlier run ended at, whose images are known. */
  readonly isKnown: boolean;
}

/** What a V1 commit's tree has: its root, and the shards by name. */
export interface BranchState {
  readonly root: readonly TreeEntry[];
  readonly shards: ChunkedMap<ShardState | UnreadShard>;
}

/** The states of commits whose children are still to come; others are forgotten, so that memory is that of a few trees. */
export class BranchStates {
  readonly #states = new Map<ObjectId, BranchState>();
  readonly #children = new Map<ObjectId, number>();

  /** `commits` are all that will be projected; the state of `kept` is never forgotten. */
  constructor(commits: ReadonlyArray<{ readonly parents: readonly ObjectId[] }>, kept: ObjectId) {
    for (const { parents } of commits) for (const parent of parents) this.#count(parent, 1);
    this.#count(kept, 1);
  }

  get(commit: ObjectId): BranchState {
    const state = this.#states.get(commit);
    if (state === undefined) throw new Error(`the V1 commit ${commit} has not been projected`);
    return state;
  }

  /** Takes the state of a commit; one without children to come is not kept. */
  set(commit: ObjectId, state: BranchState): void {
    if ((this.#children.get(commit) ?? 0) > 0) this.#states.set(commit, state);
  }

  /** A child of each of these commits was projected. */
  release(parents: readonly ObjectId[]): void {
    for (const parent of parents) if (this.#count(parent, -1) === 0) this.#states.delete(parent);
  }

  #count(commit: ObjectId, change: number): number {
    const count = (this.#children.get(commit) ?? 0) + change;
    this.#children.set(commit, count);
    return count;
  }
}
