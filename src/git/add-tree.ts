import type { ObjectId } from './object-id.ts';
import type { ObjectSink } from './repository.ts';
import { compareEntries, serializeTree, type TreeEntry } from './tree.ts';

/** Adds the tree of these entries, in whichever order they come. */
export function addTree(sink: ObjectSink, entries: Iterable<TreeEntry>): ObjectId {
  return sink.add('tree', serializeTree([...entries].sort(compareEntries)));
}

/** A file of a tree, by the names that lead to it. */
export type PlacedFile = readonly [path: readonly string[], mode: string, id: ObjectId];

/** Adds the tree that has these files, and those of the folders that they lie in. */
export function addTreeOf(sink: ObjectSink, files: Iterable<PlacedFile>): ObjectId {
  const folders = new Map<string, PlacedFile[]>();
  const entries: TreeEntry[] = [];
  for (const [[name = '', ...rest], mode, id] of files) {
    if (rest.length === 0) entries.push({ mode, name, id });
    else {
      const inner = folders.get(name) ?? [];
      inner.push([rest, mode, id]);
      folders.set(name, inner);
    }
  }
  for (const [name, inner] of folders) entries.push({ mode: '40000', name, id: addTreeOf(sink, inner) });
  return addTree(sink, entries);
}
