import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { rootsOfCommits } from '../git/commit-trees.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { TreeMemory } from '../git/tree-memory.ts';
import {
  type CheckpointFolderIds,
  checkpointFolders,
  checkpointOfEntry,
  isShardEntry,
  type Wanted,
  wantedIds,
  wantedPrefixes,
} from './checkpoint-walk.ts';
import type { FileEntry } from './layout.ts';

/** One ref whose tree keeps checkpoints in shards: V1's branch, V2's `main`, a generation. Reads its root and each shard once. */
export class ShardedRef {
  readonly ref: Ref;
  readonly #repo: Repository;
  readonly #memory = new TreeMemory();
  #all: Promise<CheckpointFolderIds> | undefined;
  #root: Promise<readonly TreeEntry[]> | undefined;

  constructor(repo: Repository, ref: Ref) {
    this.#repo = repo;
    this.ref = ref;
  }

  root(): Promise<readonly TreeEntry[]> {
    this.#root ??= rootsOfCommits(this.#repo, [this.ref.id]).then(([root = []]) => root);
    return this.#root;
  }

  /** The checkpoints whose IDs begin with one of these prefixes, or all, in the order of the IDs. */
  async ids(prefixes?: readonly string[]): Promise<CheckpointId[]> {
    const folders = prefixes === undefined ? await this.foldersOf() : await this.#folders(wantedPrefixes(prefixes));
    return [...folders.keys()];
  }

  async #folders(wanted?: Wanted): Promise<CheckpointFolderIds> {
    const [folders = new Map()] = await checkpointFolders(this.#repo, [await this.root()], wanted, this.#memory);
    return folders;
  }

  /** The folders of all checkpoints, or of these alone, in the order of their IDs. */
  async foldersOf(ids?: ReadonlySet<CheckpointId>): Promise<CheckpointFolderIds> {
    if (ids === undefined) this.#all ??= this.#folders();
    const all = await this.#all;
    if (all === undefined) return this.#folders(wantedIds(ids ?? []));
    if (ids === undefined) return all;
    return new Map(
      [...ids].sort().flatMap((id) => {
        const folder = all.get(id);
        return folder === undefined ? [] : [[id, folder] as const];
      }),
    );
  }

  /** The entries in no checkpoint: at the root what is not a shard, in a shard what is not a checkpoint's folder. */
  async outside(): Promise<FileEntry[]> {
    const root = await this.root();
    const shards = root.filter(isShardEntry);
    const ids = shards.map(({ id }) => id);
    const trees = await readTrees(this.#repo, ids, this.#memory);
    const entry = (path: string, { mode, id }: TreeEntry): FileEntry => {
      return { path, role: 'outside', mode, id, ref: this.ref.name };
    };
    return [
      ...root.filter((one) => !isShardEntry(one)).map((one) => entry(one.name, one)),
      ...shards.flatMap(({ name: shard }, i) => {
        const strays = (trees[i] ?? []).filter((one) => checkpointOfEntry(shard, one) === undefined);
        return strays.map((one) => entry(`${shard}/${one.name}`, one));
      }),
    ];
  }
}
