import { type CheckpointId, shardNames } from '../checkpoint/checkpoint-id.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import { entriesAt, readTree } from '../git/read-trees.ts';
import { contentIn, readDocuments } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { checkpointFolders, wantedPrefixes } from './checkpoint-walk.ts';
import { isSessionEntry } from './folder-files.ts';

/**
 * The checkpoints in one tree: V1's branch, V2's `main`, or a generation all lay their folders out in the same way. Each read
 * costs the trees on its path, however many checkpoints there are.
 */
export class CheckpointFolders {
  readonly #repo: Repository;
  /** The id of the root tree; `null` where there is none yet, and so no checkpoint. */
  readonly root: ObjectId | null;

  constructor(repo: Repository, root: ObjectId | null) {
    this.#repo = repo;
    this.root = root;
  }

  /** The folders in the tree of a ref's commit; none where there is no such ref. */
  static async at(repo: Repository, commit: ObjectId | null): Promise<CheckpointFolders> {
    return commit === null ? new CheckpointFolders(repo, null) : CheckpointFolders.ofCommit(repo, commit);
  }

  /** The folders in the tree of a commit. Throws `BadObjectError` where it is not a commit. */
  static async ofCommit(repo: Repository, commit: ObjectId): Promise<CheckpointFolders> {
    return new CheckpointFolders(repo, await treeOfCommit(repo, commit));
  }

  /** All checkpoints, in the order of their IDs. */
  async list(): Promise<CheckpointId[]> {
    return [...(await this.folders()).keys()];
  }

  /** The folders of all checkpoints whose ID starts with `prefix`, in the order of the IDs. Reads no shard in vain. */
  async folders(prefix = ''): Promise<Map<CheckpointId, ObjectId>> {
    const root = this.root === null ? [] : await readTree(this.#repo, this.root);
    const [folders = new Map()] = await checkpointFolders(this.#repo, [root], wantedPrefixes([prefix]));
    return folders;
  }

  /** The entries of the folder at a path below the checkpoint's; `undefined` where there is no such folder. */
  async entries(id: CheckpointId, ...path: string[]): Promise<TreeEntry[] | undefined> {
    return this.root === null ? undefined : entriesAt(this.#repo, this.root, [...shardNames(id), ...path]);
  }

  /** The entries of a shard's folder; none where there is no such shard. */
  async shard(name: string): Promise<TreeEntry[]> {
    return (this.root === null ? undefined : await entriesAt(this.#repo, this.root, [name])) ?? [];
  }

  /** The content of a file at a path below the checkpoint's folder; `undefined` where it is not there, is absent, or is too large to be read whole. */
  async file(id: CheckpointId, ...path: string[]): Promise<Buffer | undefined> {
    const entries = await this.entries(id, ...path.slice(0, -1));
    const entry = entries?.find(({ name, mode }) => name === path.at(-1) && !isTreeMode(mode));
    const [document] = entry === undefined ? [] : await readDocuments(this.#repo, [entry.id]);
    return contentIn(document);
  }

  /** The names of the session folders, in the order of their numbers. */
  async sessions(id: CheckpointId): Promise<string[]> {
    const entries = (await this.entries(id)) ?? [];
    return entries
      .filter(isSessionEntry)
      .map(({ name }) => name)
      .sort((a, b) => Number(a) - Number(b));
  }
}
