import { type CheckpointId, shardNames } from '../../checkpoint/checkpoint-id.ts';
import { type ObjectId, rawIdLength } from '../../git/object-id.ts';
import { readTree } from '../../git/read-trees.ts';
import type { ObjectSink, Repository } from '../../git/repository.ts';
import { compareEntries, type TreeEntry, treeIn } from '../../git/tree.ts';
import { TreeProjector } from '../tree-projector.ts';

/** A V1 tree to which checkpoints are added one after the other. Each step costs what differs in the root and one shard, and is stored as that. */
export class GrowingBranch {
  readonly #repo: Repository;
  readonly #sink: ObjectSink;
  readonly #root: GrowingTree;
  /** Shards that were looked into, by name. */
  readonly #shards = new Map<string, GrowingTree>();

  private constructor(repo: Repository, sink: ObjectSink, root: readonly TreeEntry[]) {
    this.#repo = repo;
    this.#sink = sink;
    this.#root = new GrowingTree(repo, sink, root);
  }

  /** Begins with a tree of the repository, or with an empty one. */
  static async from(repo: Repository, sink: ObjectSink, root: ObjectId | undefined): Promise<GrowingBranch> {
    return new GrowingBranch(repo, sink, root === undefined ? [] : await readTree(repo, root));
  }

  /** Gives a checkpoint this folder. */
  async set(id: CheckpointId, folder: ObjectId): Promise<void> {
    const [name, rest] = shardNames(id);
    await this.#setIn(name, { mode: '40000', name: rest, id: folder });
  }

  /** Adds what lies outside of checkpoints, at the root or in a shard; what is there under such a name stays. */
  async addOutside(path: string, { mode, id }: Pick<TreeEntry, 'mode' | 'id'>): Promise<boolean> {
    const [first = '', inner] = path.split('/');
    const folder = inner === undefined ? this.#root : await this.#shard(first);
    const name = inner ?? first;
    if (folder.get(name) !== undefined) return false;
    if (inner === undefined) this.#root.set({ mode, id, name });
    else await this.#setIn(first, { mode, id, name });
    return true;
  }

  /** The id of the root tree as it is now. */
  tree(): ObjectId {
    return this.#root.store();
  }

  /** Gives another sink the root tree as it is now, and the shards that were looked into. */
  addTo(sink: ObjectSink): void {
    for (const tree of [...this.#shards.values(), this.#root]) tree.addTo(sink);
  }

  async #setIn(name: string, entry: TreeEntry): Promise<void> {
    const shard = await this.#shard(name);
    shard.set(entry);
    this.#root.set({ mode: '40000', name, id: shard.store() });
  }

  async #shard(name: string): Promise<GrowingTree> {
    let shard = this.#shards.get(name);
    if (shard === undefined) {
      const tree = treeIn(this.#root.get(name));
      shard = new GrowingTree(this.#repo, this.#sink, tree === undefined ? [] : await readTree(this.#repo, tree));
      this.#shards.set(name, shard);
    }
    return shard;
  }
}

/** One tree of it. */
class GrowingTree {
  readonly #byName: Map<string, TreeEntry>;
  readonly #projector: TreeProjector;
  /** In git's order. */
  #entries: readonly TreeEntry[];

  constructor({ objectFormat }: Repository, sink: ObjectSink, entries: readonly TreeEntry[]) {
    this.#byName = new Map(entries.map((entry) => [entry.name, entry]));
    this.#entries = [...this.#byName.values()].sort(compareEntries);
    this.#projector = new TreeProjector(rawIdLength(objectFormat), sink);
  }

  get(name: string): TreeEntry | undefined {
    return this.#byName.get(name);
  }

  /** Puts an entry in the place of one of that name, or where it belongs. */
  set(entry: TreeEntry): void {
    const old = this.#byName.get(entry.name);
    const left = old === undefined ? this.#entries : this.#entries.toSpliced(placeIn(this.#entries, old), 1);
    this.#byName.set(entry.name, entry);
    this.#entries = left.toSpliced(placeIn(left, entry), 0, entry);
  }

  store(): ObjectId {
    return this.#projector.project(this.#entries, ({ id }) => id);
  }

  addTo(sink: ObjectSink): void {
    sink.add('tree', this.#projector.content);
  }
}

/** How many of these entries come before one. */
function placeIn(entries: readonly TreeEntry[], entry: TreeEntry): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareEntries(entries[middle] as TreeEntry, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
