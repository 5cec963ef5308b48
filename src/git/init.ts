import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `git init --bare` writes, as far as git and both engines need it. */
const FOLDERS = ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'];
const CONFIG = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n';

/**
 * Makes an empty bare repository without the git program. The folder is made where it is missing; returns `false` and
 * changes nothing where it exists and holds anything.
 */
export async function initBareRepository(dir: string): Promise<boolean> {
  await mkdir(dir, { recursive: true });
  if ((await readdir(dir)).length > 0) return false;
  for (const folder of FOLDERS) await mkdir(join(dir, folder), { recursive: true });
  await writeFile(join(dir, 'config'), CONFIG);
  await writeFile(join(dir, 'HEAD'), 'ref: refs/heads/main\n');
  return true;
}
