import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { rootsOfCommits } from '../git/commit-trees.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { TreeMemory } from '../git/tree-memory.ts';
import {
  type CheckpointFolderIds,
  checkpointFolders,
  type Wanted,
  wantedIds,
  wantedPrefixes,
} from './checkpoint-walk.ts';
import type { FileEntry } from './layout.ts';
import { entriesOutside } from './outside.ts';

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

  /** What lies in no checkpoint. */
  async outside(): Promise<FileEntry[]> {
    const found = await entriesOutside(this.#repo, await this.root(), this.#memory);
    return found.map(({ path, entry: { mode, id } }) => ({ path, role: 'outside', mode, id, ref: this.ref.name }));
  }
}
