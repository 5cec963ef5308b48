import { readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolders } from './make-folders.ts';

/** What `git init --bare` writes, as far as git and both engines need it. */
const FOLDERS = ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'];
const CONFIG = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n';

/**
 * Makes an empty bare repository without the git program. The folder is made where it is missing; returns `false` and
 * changes nothing where it exists and holds anything.
 */
export async function initBareRepository(dir: string): Promise<boolean> {
  await makeFolders(dir);
  if ((await readdir(dir)).length > 0) return false;
  for (const folder of FOLDERS) await makeFolders(join(dir, folder));
  await writeFile(join(dir, 'config'), CONFIG);
  await writeFile(join(dir, 'HEAD'), 'ref: refs/heads/main\n');
  return true;
}

/** The file that stands where a folder would have to be, or one above it; `undefined` where none does. */
export async function fileOnTheWay(dir: string): Promise<string | undefined> {
  for (let path = resolve(dir); ; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) return found.isDirectory() ? undefined : path;
    if (path === dirname(path)) return undefined;
  }
}
