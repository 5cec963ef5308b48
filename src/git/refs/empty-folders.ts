import { rmdirSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Removes a folder that holds nothing but empty folders. Where it holds a file, that stays, and nothing is thrown. */
export async function removeEmptyFolders(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEmptyFolders(join(path, entry.name));
  await rmdir(path).catch(() => undefined);
}

/** Removes the folders that `root/name` lies in, as far as they are empty; like git, never `refs/<one name>`. */
export function removeEmptyParents(root: string, name: string): void {
  const kept = join(root, ...name.split('/').slice(0, 2));
  try {
    for (let path = dirname(join(root, name)); path.length > kept.length; path = dirname(path)) rmdirSync(path);
  } catch {
    // Not empty, or gone already.
  }
}
