import type { ObjectId } from './object-id.ts';
import { isTreeMode, type TreeEntry } from './tree.ts';

/**
 * True where a folder has a file in it, at any depth. One that has none is nothing: git writes none and checks none out, though a tree can
 * name one. `read` gives a tree's entries, and may throw where it is absent. Each tree is read once: few of them can make billions of paths.
 */
export async function holdsFile(
  id: ObjectId,
  read: (id: ObjectId) => Promise<readonly TreeEntry[]>,
  empty = new Set<ObjectId>(),
): Promise<boolean> {
  if (empty.has(id)) return false;
  const entries = await read(id);
  if (entries.some(({ mode }) => !isTreeMode(mode))) return true;
  for (const { id: inner } of entries) if (await holdsFile(inner, read, empty)) return true;
  empty.add(id);
  return false;
}
