import { checkpointOfShardPath, isShardName } from '../checkpoint/checkpoint-id.ts';
import type { Oddity } from '../checkpoint/oddity.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { displayName, isTreeMode, type TreeEntry } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';

/** Files that writers put at the root of the branch, for the sake of hosting sites. */
const ROOT_FILES = new Set(['vercel.json']);

/**
 * What lies in a V1 root tree outside of every checkpoint: at the root what is no shard folder, in a shard what is no
 * checkpoint's folder. `root` holds the entries of the root tree; shards are read (or taken from `memory`), nothing below.
 */
export async function findStrays(repo: Repository, root: readonly TreeEntry[], memory?: TreeMemory): Promise<Oddity[]> {
  const shards = root.filter((entry) => isTreeMode(entry.mode) && isShardName(entry.name));
  const trees = await readTrees(
    repo,
    shards.map(({ id }) => id),
    memory,
  );
  const atRoot = root.filter((entry) => !shards.includes(entry) && !(isFile(entry) && ROOT_FILES.has(entry.name)));
  const inShards = shards.flatMap(({ name: shard }, i) => {
    const strays = (trees[i] ?? []).filter((entry) => isFile(entry) || !checkpointOfShardPath(shard, entry.name));
    return strays.map(({ name }) => `${shard}/${displayName(name)}`);
  });
  const paths = [...atRoot.map(({ name }) => displayName(name)), ...inShards];
  return paths.map((path) => ({ code: 'V1_STRANGE_PATH', path }));
}

function isFile(entry: TreeEntry): boolean {
  return !isTreeMode(entry.mode);
}
