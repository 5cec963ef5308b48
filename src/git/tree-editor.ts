import { addTree } from './add-tree.ts';
import { idsOf, type ObjectId } from './object-id.ts';
import { readTrees } from './read-trees.ts';
import type { ObjectSink, Repository } from './repository.ts';
import { isTreeMode, type TreeEntry } from './tree.ts';

/** What a path becomes: an entry with this mode and object, or nothing (`null`). */
export type TreeEdit = { readonly mode: string; readonly id: ObjectId } | null;

/** Edits by path from the root of the tree, names as in `TreeEntry`, joined by slashes. No path lies below another one. */
export type TreeEdits = ReadonlyMap<string, TreeEdit>;

/**
 * Makes a tree with some paths changed. Reads and writes the trees on these paths and nothing else, those of one level in one
 * go. Folders are made where they are missing, and left out where they end up empty. `root` is `null` for a new tree; the
 * result is the empty tree where nothing is left.
 */
export async function editTree(
  repo: Repository,
  sink: ObjectSink,
  root: ObjectId | null,
  edits: TreeEdits,
): Promise<ObjectId> {
  return (await editFolder(repo, sink, root, edits)) ?? sink.add('tree', Buffer.alloc(0));
}

/** As `editTree`; `null` where nothing is left, so that the folder itself can be left out. */
export async function editFolder(
  repo: Repository,
  sink: ObjectSink,
  folder: ObjectId | null,
  edits: TreeEdits,
): Promise<ObjectId | null> {
  if (folder !== null && edits.size === 0) return folder;
  const [entries = []] = folder === null ? [] : await readTrees(repo, [folder]);
  return editEntries(repo, sink, entries, edits);
}

async function editEntries(
  repo: Repository,
  sink: ObjectSink,
  before: readonly TreeEntry[],
  edits: TreeEdits,
): Promise<ObjectId | null> {
  const entries = new Map(before.map((entry) => [entry.name, entry]));
  const inner = new Map<string, Map<string, TreeEdit>>();
  for (const [path, edit] of edits) {
    const slash = path.indexOf('/');
    if (slash >= 0) {
      const name = path.slice(0, slash);
      const below = inner.get(name) ?? new Map<string, TreeEdit>();
      inner.set(name, below.set(path.slice(slash + 1), edit));
    } else if (edit === null) {
      entries.delete(path);
    } else {
      entries.set(path, { ...edit, name: path });
    }
  }
  const folders = [...inner.keys()].flatMap((name) => entries.get(name) ?? []).filter(({ mode }) => isTreeMode(mode));
  const trees = await readTrees(repo, idsOf(folders));
  const contents = new Map(folders.map(({ name }, i) => [name, trees[i] ?? []]));
  for (const [name, below] of inner) {
    const id = await editEntries(repo, sink, contents.get(name) ?? [], below);
    if (id === null) entries.delete(name);
    else entries.set(name, { mode: '40000', name, id });
  }
  if (entries.size === 0) return null;
  return addTree(sink, entries.values());
}
