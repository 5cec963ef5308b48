import { type CheckpointId, checkpointOfShardPath, shardNames } from '../../../checkpoint/checkpoint-id.ts';
import { mergeEntries } from '../../../compare/merge-entries.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import type { ObjectOverlay } from '../../../git/object-overlay.ts';
import { isTreeMode, type TreeEntry, treeIn } from '../../../git/tree.ts';
import { isShardEntry } from '../../../layout/checkpoint-walk.ts';

/**
 * A root tree with other folders for some checkpoints; `null` takes one out. Everything else stays as it is, also what
 * another program has put between the checkpoints.
 */
export async function placeFolders(
  trees: ObjectOverlay,
  root: ObjectId,
  folders: ReadonlyMap<CheckpointId, ObjectId | null>,
): Promise<ObjectId> {
  if (folders.size === 0) return root;
  const byShard = new Map<string, Map<string, ObjectId | null>>();
  for (const [id, folder] of folders) {
    const [shard, rest] = shardNames(id);
    byShard.set(shard, (byShard.get(shard) ?? new Map()).set(rest, folder));
  }
  const entries = new Map((await trees.tree(root)).map((entry) => [entry.name, entry]));
  await trees.load([...byShard.keys()].flatMap((shard) => treeIn(entries.get(shard)) ?? []));
  for (const [shard, changes] of byShard) {
    const inShard = new Map((await trees.tree(treeIn(entries.get(shard)))).map((entry) => [entry.name, entry]));
    for (const [name, id] of changes) {
      if (id === null) inShard.delete(name);
      else inShard.set(name, { mode: '40000', name, id });
    }
    if (inShard.size === 0) entries.delete(shard);
    else entries.set(shard, { mode: '40000', name: shard, id: trees.addTree(inShard.values()) });
  }
  return trees.addTree(entries.values());
}

/** Adds to `main` what V1's projection has outside of checkpoints: a `vercel.json` at the root, or what is not known. */
export async function mergeOutside(
  trees: ObjectOverlay,
  v2: ObjectId,
  v1: ObjectId,
  base: ObjectId | undefined,
): Promise<{ readonly id: ObjectId; readonly kept: number }> {
  const merged = await mergeEntries(
    trees,
    await trees.tree(v2),
    await withoutCheckpoints(trees, v1),
    base === undefined ? undefined : await withoutCheckpoints(trees, base),
  );
  return { id: await trees.changeTree(v2, merged.entries), kept: merged.kept };
}

/** A root's entries with only those of a shard's entries that are not checkpoints. */
export async function withoutCheckpoints(trees: ObjectOverlay, root: ObjectId): Promise<TreeEntry[]> {
  const entries = await trees.tree(root);
  await trees.load(entries.filter(isShardEntry).map(({ id }) => id));
  const kept: TreeEntry[] = [];
  for (const entry of entries) {
    if (!isShardEntry(entry)) {
      kept.push(entry);
      continue;
    }
    const others = (await trees.tree(entry.id)).filter(
      ({ mode, name }) => !isTreeMode(mode) || checkpointOfShardPath(entry.name, name) === undefined,
    );
    if (others.length > 0) kept.push({ ...entry, id: trees.addTree(others) });
  }
  return kept;
}
