import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The names of the packs that a repository has now, as one text: another one where a pack has come or gone. */
export async function packNames(commonDir: string): Promise<string> {
  const names = await readdir(join(commonDir, 'objects', 'pack')).catch(() => []);
  return names
    .filter((name) => name.endsWith('.idx'))
    .sort()
    .join('\n');
}
