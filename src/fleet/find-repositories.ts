import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import type { FleetPlace } from './fleet-place.ts';

/** How deep repositories are looked for: `host/organisation/group/subgroup/repository` and one more. */
const MAX_DEPTH = 6;

/**
 * The repositories below a folder, with or without work trees, by their paths from it. What lies inside of one is not looked at,
 * links are not followed, and a folder that may not be read is left out. Throws a `CkptError` where the folder itself can't be read.
 */
export async function findRepositories(dir: string): Promise<FleetPlace[]> {
  const root = resolve(dir);
  const found: FleetPlace[] = [];
  const visit = async (path: string, name: string, depth: number): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch((error: Error) => {
      if (depth > 0) return [];
      throw new CkptError('FILE_UNREADABLE', `the folder ${dir} cannot be read: ${error.message}`, {
        hint: 'Name a folder that is there and that you may read.',
        cause: error,
      });
    });
    const names = new Set(entries.map((entry) => entry.name));
    if (names.has('.git') || (names.has('HEAD') && names.has('objects') && names.has('refs'))) {
      found.push({ name: name || '.', kind: 'path', at: path });
    } else if (depth < MAX_DEPTH) {
      const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
      for (const one of folders.map((folder) => folder.name).sort())
        await visit(join(path, one), name === '' ? one : `${name}/${one}`, depth + 1);
    }
  };
  await visit(root, '', 0);
  return found;
}
