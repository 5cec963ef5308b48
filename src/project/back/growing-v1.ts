import { type CheckpointId, shardNames } from '../../checkpoint/checkpoint-id.ts';
import { addTree } from '../../git/add-tree.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { readTree } from '../../git/read-trees.ts';
import type { ObjectSink, Repository } from '../../git/repository.ts';
import { type TreeEntry, treeIn } from '../../git/tree.ts';

type Entries = Map<string, TreeEntry>;

/** A V1 tree to which checkpoints are added one after the other. Each step costs the root and one shard, whatever else there is. */
export class GrowingV1 {
  readonly #repo: Repository;
  readonly #sink: ObjectSink;
  readonly #root: Entries;
  /** Shards that were looked into, by name. */
  readonly #shards = new Map<string, Entries>();

  private constructor(repo: Repository, sink: ObjectSink, root: readonly TreeEntry[]) {
    this.#repo = repo;
    this.#sink = sink;
    this.#root = byName(root);
  }

  /** Begins with a tree of the repository, or with an empty one. */
  static async from(repo: Repository, sink: ObjectSink, root: ObjectId | undefined): Promise<GrowingV1> {
    return new GrowingV1(repo, sink, root === undefined ? [] : await readTree(repo, root));
  }

  /** Gives a checkpoint this folder. */
  async set(id: CheckpointId, folder: ObjectId): Promise<void> {
    const [name, rest] = shardNames(id);
    const shard = await this.#shard(name);
    shard.set(rest, { mode: '40000', name: rest, id: folder });
    this.#root.set(name, { mode: '40000', name, id: addTree(this.#sink, shard.values()) });
  }

  /** Adds what lies outside of checkpoints, at the root or in a shard; what is there under such a name stays. */
  async addOutside(path: string, { mode, id }: Pick<TreeEntry, 'mode' | 'id'>): Promise<boolean> {
    const [first = '', inner] = path.split('/');
    const folder = inner === undefined ? this.#root : await this.#shard(first);
    const name = inner ?? first;
    if (folder.has(name)) return false;
    folder.set(name, { mode, id, name });
    if (inner !== undefined)
      this.#root.set(first, { mode: '40000', name: first, id: addTree(this.#sink, folder.values()) });
    return true;
  }

  /** The id of the root tree as it is now. */
  tree(): ObjectId {
    return addTree(this.#sink, this.#root.values());
  }

  async #shard(name: string): Promise<Entries> {
    let shard = this.#shards.get(name);
    if (shard === undefined) {
      const tree = treeIn(this.#root.get(name));
      shard = byName(tree === undefined ? [] : await readTree(this.#repo, tree));
      this.#shards.set(name, shard);
    }
    return shard;
  }
}

function byName(entries: readonly TreeEntry[]): Entries {
  return new Map(entries.map((entry) => [entry.name, entry]));
}
