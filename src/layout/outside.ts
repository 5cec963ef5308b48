import type { Oddity } from '../checkpoint/oddity.ts';
import { idsOf } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { displayName, isTreeMode, type TreeEntry } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';
import { checkpointOfEntry, isShardEntry } from './checkpoint-walk.ts';

/** Files that writers put at the root of the branch, for the sake of hosting sites. */
const ROOT_FILES = new Set(['vercel.json']);

/** An entry with its path from the root of the tree: bytes as latin1. */
export interface OutsideEntry {
  readonly path: string;
  readonly entry: TreeEntry;
}

/**
 * What lies below a root tree in no checkpoint: at the root what is not a shard folder, in a shard what is not a checkpoint's folder.
 * Shards are read (or taken from `memory`), nothing below.
 */
export async function entriesOutside(
  repo: Repository,
  root: readonly TreeEntry[],
  memory?: TreeMemory,
): Promise<OutsideEntry[]> {
  const shards = root.filter(isShardEntry);
  const trees = await readTrees(repo, idsOf(shards), memory);
  return [
    ...root.filter((entry) => !isShardEntry(entry)).map((entry) => ({ path: entry.name, entry })),
    ...shards.flatMap(({ name: shard }, i) => {
      const strays = (trees[i] ?? []).filter((entry) => checkpointOfEntry(shard, entry) === undefined);
      return strays.map((entry) => ({ path: `${shard}/${entry.name}`, entry }));
    }),
  ];
}

/** What lies outside of checkpoints in V1 and has no known reason, as oddities. `root` holds the entries of the root tree. */
export async function findStrays(repo: Repository, root: readonly TreeEntry[], memory?: TreeMemory): Promise<Oddity[]> {
  const outside = await entriesOutside(repo, root, memory);
  const strays = outside.filter(({ path, entry }) => isTreeMode(entry.mode) || !ROOT_FILES.has(path));
  return strays.map(({ path }) => ({ code: 'V1_STRANGE_PATH', path: displayName(path) }));
}
