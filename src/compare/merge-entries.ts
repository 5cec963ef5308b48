import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';

/** A folder in V2 after what it lacked was added, and how many of its files were found to differ from V1's and were kept. */
export interface Merged {
  readonly entries: readonly TreeEntry[];
  readonly kept: number;
}

/**
 * Adds to V2's entries what V1 has and they lack, also in folders that both have. A file that both have stays V2's, with
 * one exception: `base` is what V1 had when a migration last added to this V2 (`undefined` where none did), and what V1 has
 * changed since replaces V2's, whoever wrote that.
 */
export async function mergeEntries(
  trees: ObjectOverlay,
  v2: readonly TreeEntry[],
  v1: readonly TreeEntry[],
  base: readonly TreeEntry[] | undefined,
  done: MergedFolders = new Map(),
): Promise<Merged> {
  const merged = new Map(v2.map((entry) => [entry.name, entry]));
  const before = base === undefined ? undefined : new Map(base.map((entry) => [entry.name, entry]));
  let kept = 0;
  for (const ours of v1) {
    const theirs = merged.get(ours.name);
    if (theirs === undefined) {
      merged.set(ours.name, ours);
    } else if (theirs.id !== ours.id && isTreeMode(theirs.mode) && isTreeMode(ours.mode)) {
      const old = before === undefined ? undefined : (before.get(ours.name)?.id ?? null);
      const folder = await mergeFolder(trees, theirs.id, ours.id, old, done);
      merged.set(ours.name, { ...theirs, id: folder.id });
      kept += folder.kept;
    } else if (theirs.id !== ours.id) {
      const isChanged = before !== undefined && before.get(ours.name)?.id !== ours.id;
      if (isChanged && !isTreeMode(theirs.mode) && !isTreeMode(ours.mode)) merged.set(ours.name, ours);
      else if (isChanged || before === undefined) kept += 1; // else the migration before has told it
    }
  }
  return { entries: [...merged.values()], kept };
}

/** What became of folders that were merged, by their ids: trees that contain each other many times over are merged once. */
type MergedFolders = Map<string, { readonly id: ObjectId; readonly kept: number }>;

/** As `mergeEntries`, for folders by their ids. `base`: `undefined` as above, `null` where V1 had no such folder then. */
export async function mergeFolder(
  trees: ObjectOverlay,
  v2: ObjectId | undefined,
  v1: ObjectId,
  base: ObjectId | null | undefined,
  done: MergedFolders = new Map(),
): Promise<{ readonly id: ObjectId; readonly kept: number }> {
  if (v2 === undefined || v2 === v1) return { id: v1, kept: 0 };
  const key = `${v2} ${v1} ${base}`;
  const known = done.get(key);
  if (known !== undefined) return known;
  const before = base === undefined ? undefined : await trees.tree(base);
  const { entries, kept } = await mergeEntries(trees, await trees.tree(v2), await trees.tree(v1), before, done);
  const merged = { id: await trees.changeTree(v2, entries), kept };
  done.set(key, merged);
  return merged;
}
