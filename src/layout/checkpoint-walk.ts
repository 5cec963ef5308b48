import { type CheckpointId, checkpointOfShardPath, isShardName, shardNames } from '../checkpoint/checkpoint-id.ts';
import { rootOfCommit, rootsOfCommits } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees, readUsableTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';

/** The folders of checkpoints below a root tree. */
export type CheckpointFolderIds = Map<CheckpointId, ObjectId>;

/** Which checkpoints a walk looks for: shards that have none of them are not read. */
export interface Wanted {
  hasShard(name: string): boolean;
  has(id: CheckpointId): boolean;
}

/** Every checkpoint. */
const ALL_CHECKPOINTS: Wanted = { hasShard: () => true, has: () => true };

/** These checkpoints alone. */
export function wantedIds(ids: Iterable<CheckpointId>): Wanted {
  const wanted = new Set(ids);
  const shards = new Set([...wanted].map((id) => shardNames(id)[0]));
  return { hasShard: (name) => shards.has(name), has: (id) => wanted.has(id) };
}

/** The checkpoints whose IDs begin with one of these. */
export function wantedPrefixes(prefixes: readonly string[]): Wanted {
  return {
    hasShard: (name) => prefixes.some((prefix) => name.startsWith(prefix.slice(0, 2))),
    has: (id) => prefixes.some((prefix) => id.startsWith(prefix)),
  };
}

/** True for an entry of a root tree that is a shard folder. */
export function isShardEntry(entry: TreeEntry): boolean {
  return isTreeMode(entry.mode) && isShardName(entry.name);
}

/** The checkpoint whose folder an entry of a shard folder is; `undefined` for any other entry. */
export function checkpointOfEntry(shard: string, entry: TreeEntry): CheckpointId | undefined {
  return isTreeMode(entry.mode) ? checkpointOfShardPath(shard, entry.name) : undefined;
}

/** The checkpoints in a shard folder's entries, with the ids of their folders. */
export function* checkpointsIn(shard: string, entries: readonly TreeEntry[]): Iterable<[CheckpointId, ObjectId]> {
  for (const entry of entries) {
    const checkpoint = checkpointOfEntry(shard, entry);
    if (checkpoint !== undefined) yield [checkpoint, entry.id];
  }
}

/**
 * The walk root → shard → checkpoint, which V1's branch, V2's `main` and the generations have in common: the folders of the wanted
 * checkpoints below each of some root trees, in the order of their IDs. Each shard is read once, all of them in one round trip.
 * Throws `BadObjectError` where one can't be read.
 */
export async function checkpointFolders(
  repo: Repository,
  roots: ReadonlyArray<readonly TreeEntry[]>,
  wanted: Wanted = ALL_CHECKPOINTS,
  memory?: TreeMemory,
): Promise<CheckpointFolderIds[]> {
  const folders = await walk(roots, wanted, (ids) => readTrees(repo, ids, memory));
  return folders.map((found) => found ?? new Map());
}

/** As `checkpointFolders`, with `undefined` for a root one of whose shards can't be read. */
export function usableCheckpointFolders(
  repo: Repository,
  roots: ReadonlyArray<readonly TreeEntry[]>,
): Promise<Array<CheckpointFolderIds | undefined>> {
  return walk(roots, ALL_CHECKPOINTS, (ids) => readUsableTrees(repo, ids));
}

async function walk(
  roots: ReadonlyArray<readonly TreeEntry[]>,
  wanted: Wanted,
  read: (ids: readonly ObjectId[]) => Promise<ReadonlyArray<readonly TreeEntry[] | undefined>>,
): Promise<Array<CheckpointFolderIds | undefined>> {
  const shards = roots.map((root) => root.filter((entry) => isShardEntry(entry) && wanted.hasShard(entry.name)));
  const ids = [...new Set(shards.flat().map(({ id }) => id))];
  const trees = await read(ids);
  const entriesOf = new Map(ids.map((id, i) => [id, trees[i]]));
  return shards.map((own) => {
    const folders: CheckpointFolderIds = new Map();
    for (const { name, id } of own) {
      const entries = entriesOf.get(id);
      if (entries === undefined) return undefined;
      for (const [checkpoint, folder] of checkpointsIn(name, entries)) {
        if (wanted.has(checkpoint)) folders.set(checkpoint, folder);
      }
    }
    return folders;
  });
}

/** The folders that these checkpoints have below a root tree, for those that it has, in the order of their IDs. */
export async function foldersAt(
  repo: Repository,
  root: readonly TreeEntry[],
  checkpoints: Iterable<CheckpointId>,
): Promise<CheckpointFolderIds> {
  const [folders = new Map()] = await checkpointFolders(repo, [root], wantedIds(checkpoints));
  return folders;
}

/** As `foldersAt`, of a commit's tree. */
export async function foldersIn(
  repo: Repository,
  commit: ObjectId,
  checkpoints: Iterable<CheckpointId>,
): Promise<CheckpointFolderIds> {
  return foldersAt(repo, await rootOfCommit(repo, commit), checkpoints);
}

/** The folders of all checkpoints in a commit's tree, in the order of their IDs. */
export async function allFolders(
  repo: Repository,
  commit: ObjectId,
  memory?: TreeMemory,
): Promise<CheckpointFolderIds> {
  const roots = await rootsOfCommits(repo, [commit], memory);
  const [folders = new Map()] = await checkpointFolders(repo, roots, ALL_CHECKPOINTS, memory);
  return folders;
}
