import { rmdirSync } from 'node:fs';
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
 * after those in it: of thousands of names many lie in the same.
 */
export function removeEmptyParents(root: string, names: Iterable<string>): void {
  let folders = new Set([...names].map((name) => dirname(name)));
  for (; folders.size > 0; ) {
    const depth = Math.max(...[...folders].map(depthOf));
    const above = new Set<string>();
    for (const folder of folders) {
      if (depthOf(folder) < depth) above.add(folder);
      else if (depth > 2 && isRemoved(join(root, folder))) above.add(dirname(folder));
    }
    folders = above;
  }
}

function depthOf(folder: string): number {
  return folder.split('/').length;
}

/** False where it is not empty, or gone already. */
function isRemoved(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}
