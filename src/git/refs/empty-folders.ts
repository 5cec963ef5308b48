import { readdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Removes a folder that holds nothing but empty folders. Where it holds a file, that stays, and nothing is thrown. */
export async function removeEmptyFolders(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEmptyFolders(join(path, entry.name));
  await rmdir(path).catch(() => undefined);
}

/**
 * Removes the folders below `root` that some names lie in, as far as they are empty; like git, never `refs/<one name>`. Each is tried once,
 * after those in it: of thousands of names many lie in the same. Those of one depth are removed beside each other, since the system lets whoever removes
 * a folder wait (Linux 6.18).
 */
export async function removeEmptyParents(root: string, names: Iterable<string>): Promise<void> {
  let folders = new Set([...names].map((name) => dirname(name)));
  for (; folders.size > 0; ) {
    const depth = Math.max(...[...folders].map(depthOf));
    const above = new Set([...folders].filter((folder) => depthOf(folder) < depth));
    const deepest = [...folders].filter((folder) => depth > 2 && depthOf(folder) === depth);
    const removed = await Promise.all(deepest.map((folder) => isRemoved(join(root, folder))));
    for (const [i, folder] of deepest.entries()) if (removed[i]) above.add(dirname(folder));
    folders = above;
  }
}

function depthOf(folder: string): number {
  return folder.split('/').length;
}

/** False where it is not empty, or gone already. */
function isRemoved(path: string): Promise<boolean> {
  return rmdir(path).then(
    () => true,
    () => false,
  );
}
