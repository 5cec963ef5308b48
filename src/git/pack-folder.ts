import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a repository has its packs. */
export function packFolder(objectsDir: string): string {
  return join(objectsDir, 'pack');
}

/** The indexes of the packs that are in a folder now (`pack-<hash>.idx`), sorted. None where the folder can't be read. */
export async function packIndexNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.idx')).sort();
}
