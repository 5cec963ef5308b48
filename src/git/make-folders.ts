import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are absent; returns the topmost one that it made. One by one: `mkdir` with `recursive` says
 * `ENOENT` on a file system that can only be read, and below /proc it tries for ever (Node 20 and 22). `mode` is who may read those that it makes. Throws what `mkdir` throws.
 */
export async function makeFolders(dir: string, mode = 0o777): Promise<string | undefined> {
  const missing: string[] = [];
  for (let path = resolve(dir); ; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() && missing.length === 0) await mkdir(path, mode); // fails, and says why
    if (found !== undefined || path === dirname(path)) break;
    missing.unshift(path);
  }
  let first: string | undefined;
  for (const path of missing) {
    try {
      await mkdir(path, mode);
      first ??= path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return first;
}
