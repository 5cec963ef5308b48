import { batches } from './batches.ts';
import { BadObjectError, fetchObjectHint } from './errors.ts';
import { type ObjectId, rawIdLength } from './object-id.ts';
import { readUsable } from './read-usable.ts';
import type { GitObject, Repository } from './repository.ts';
import { isTreeMode, parseTree, type TreeEntry, treeIn } from './tree.ts';
import type { TreeMemory } from './tree-memory.ts';

/**
 * Reads and parses trees, in the order of the ids; those that `memory` has are taken from there. Throws `BadObjectError` for one
 * that is absent or no tree.
 */
export function readTrees(repo: Repository, ids: readonly ObjectId[], memory?: TreeMemory): Promise<TreeEntry[][]> {
  const read = (unknown: readonly ObjectId[]) => readUnknown(repo, unknown);
  return memory === undefined ? read(ids) : memory.trees(ids, read);
}

/** Like `readTrees`, with `undefined` for what is absent, damaged, no tree or malformed. */
export function readUsableTrees(
  repo: Repository,
  ids: readonly ObjectId[],
): Promise<Array<readonly TreeEntry[] | undefined>> {
  return readUsable(ids, (some) => readTrees(repo, some));
}

async function readUnknown(repo: Repository, ids: readonly ObjectId[]): Promise<TreeEntry[][]> {
  const trees: TreeEntry[][] = [];
  for (const batch of batches(ids)) {
    const objects = await repo.readObjects(batch);
    for (const [i, id] of batch.entries()) trees.push(parseTreeObject(repo, id, objects[i]));
  }
  return trees;
}

/** Reads and parses one tree. Throws `BadObjectError` when it is absent or no tree. */
export async function readTree(repo: Repository, id: ObjectId): Promise<TreeEntry[]> {
  const [entries = []] = await readTrees(repo, [id]);
  return entries;
}

/** The entries of the folder at a path in a tree; `undefined` where there is no such folder. */
export async function entriesAt(
  repo: Repository,
  root: ObjectId,
  path: readonly string[],
): Promise<TreeEntry[] | undefined> {
  let entries = await readTree(repo, root);
  for (const name of path) {
    const folder = treeIn(entries.find((entry) => entry.name === name && isTreeMode(entry.mode)));
    if (folder === undefined) return undefined;
    entries = await readTree(repo, folder);
  }
  return entries;
}

/** The object at a path in a tree; `undefined` where there is none. Throws as `readTree` does, also for a file in the place of a folder. */
export async function objectAt(
  repo: Repository,
  root: ObjectId,
  path: readonly string[],
): Promise<ObjectId | undefined> {
  let id: ObjectId | undefined = root;
  for (const name of path) {
    if (id !== undefined) id = (await readTree(repo, id)).find((entry) => entry.name === name)?.id;
  }
  return id;
}

/** Makes sure that what was read for `id` is a tree's content. Throws `BadObjectError` where it is not. */
export function assertTree(id: ObjectId, object: GitObject | undefined): Buffer {
  if (object === undefined) {
    throw new BadObjectError(id, `the tree ${id} is absent from the repository`, fetchObjectHint(id));
  }
  if (object.type !== 'tree') throw new BadObjectError(id, `${id} should be a tree, but is a ${object.type}`);
  return object.content;
}

function parseTreeObject(repo: Repository, id: ObjectId, object: GitObject | undefined): TreeEntry[] {
  const content = assertTree(id, object);
  try {
    return parseTree(content, rawIdLength(repo.objectFormat));
  } catch (error) {
    throw new BadObjectError(id, `the tree ${id} can't be read: ${(error as Error).message}`);
  }
}
