import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { rootsOfCommits } from '../git/commit-trees.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { TreeMemory } from '../git/tree-memory.ts';
import {
  ALL_CHECKPOINTS,
  type CheckpointFolderIds,
  checkpointFolders,
  checkpointOfEntry,
  isShardEntry,
  type Wanted,
  wantedIds,
} from './checkpoint-walk.ts';
import type { FileEntry } from './layout.ts';

/** One ref whose tree keeps checkpoints in shards: V1's branch, V2's `main`, a generation. Reads its root and each shard once. */
export class ShardedRef {
  readonly ref: Ref;
  readonly #repo: Repository;
  readonly #memory = new TreeMemory();
  #root: Promise<readonly TreeEntry[]> | undefined;

  constructor(repo: Repository, ref: Ref) {
    this.#repo = repo;
    this.ref = ref;
  }

  root(): Promise<readonly TreeEntry[]> {
    this.#root ??= rootsOfCommits(this.#repo, [this.ref.id]).then(([root = []]) => root);
    return this.#root;
  }

  /** The folders of the wanted checkpoints, in the order of their IDs. */
  async folders(wanted: Wanted = ALL_CHECKPOINTS): Promise<CheckpointFolderIds> {
    const [folders = new Map()] = await checkpointFolders(this.#repo, [await this.root()], wanted, this.#memory);
    return folders;
  }

  async foldersOf(ids: ReadonlySet<CheckpointId> | undefined): Promise<CheckpointFolderIds> {
    return this.folders(ids && wantedIds(ids));
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
