import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { checkpointsIn } from '../layout/checkpoint-walk.ts';

/** A checkpoint at the base: its folder in V1, and what that became on `main`. */
interface BaseCheckpoint {
  readonly tree: ObjectId;
  readonly main: ObjectId | null;
}

/**
 * What an earlier run made of V1, read off the V1 tree that it started from and the `main` tree that it ended with: both
 * have the same paths. Shards are looked into only when a later commit has changed them.
 */
export class ProjectionBase {
  readonly #branchShards = new Map<string, ObjectId>();
  readonly #mainShards = new Map<string, ObjectId>();
  readonly #checkpoints = new Map<CheckpointId, BaseCheckpoint>();
  readonly #loaded = new Set<string>();

  /** Takes the entries of both root trees. */
  setRoots(v1: readonly TreeEntry[], main: readonly TreeEntry[]): void {
    for (const { mode, name, id } of v1) if (isTreeMode(mode)) this.#branchShards.set(name, id);
    for (const { mode, name, id } of main) if (isTreeMode(mode)) this.#mainShards.set(name, id);
  }

  /** True where the base has this shard with this very folder. */
  hasShard(name: string, tree: ObjectId): boolean {
    return this.#branchShards.get(name) === tree;
  }

  /** What the base has on `main` for a shard; `null` where nothing. */
  mainOfShard(name: string): ObjectId | null {
    return this.#mainShards.get(name) ?? null;
  }

  /** Looks into shards, so that `has` and `mainOf` know their checkpoints. Shards that the base lacks have none. */
  async loadShards(repo: Repository, names: readonly string[]): Promise<void> {
    const wanted = [...new Set(names)].filter((name) => this.#branchShards.has(name) && !this.#loaded.has(name));
    const idsOf = (shards: ReadonlyMap<string, ObjectId>) => wanted.flatMap((name) => shards.get(name) ?? []);
    const branchTrees = await readTrees(repo, idsOf(this.#branchShards));
    const mainTrees = await readTrees(repo, idsOf(this.#mainShards));
    const mains = new Map<CheckpointId, ObjectId>();
    for (const name of wanted) {
      this.#loaded.add(name);
      const main = this.#mainShards.has(name) ? (mainTrees.shift() ?? []) : [];
      for (const [checkpoint, id] of checkpointsIn(name, main)) mains.set(checkpoint, id);
      for (const [checkpoint, tree] of checkpointsIn(name, branchTrees.shift() ?? [])) {
        this.#checkpoints.set(checkpoint, { tree, main: mains.get(checkpoint) ?? null });
      }
    }
  }

  /** True where the base has this checkpoint with this very folder. */
  has(checkpoint: CheckpointId, tree: ObjectId): boolean {
    return this.#checkpoints.get(checkpoint)?.tree === tree;
  }

  /** The checkpoints of the base in the shards that were looked into. */
  checkpointIds(): Iterable<CheckpointId> {
    return this.#checkpoints.keys();
  }

  /** The V1 folder that a checkpoint has at the base; `undefined` where it has none. */
  folderOf(checkpoint: CheckpointId): ObjectId | undefined {
    return this.#checkpoints.get(checkpoint)?.tree;
  }

  /** What the base has on `main` for a checkpoint; `null` where nothing. */
  mainOf(checkpoint: CheckpointId): ObjectId | null {
    return this.#checkpoints.get(checkpoint)?.main ?? null;
  }
}
