import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are absent; returns the topmost one that it made. One by one: `mkdir` with `recursive` says
 * `ENOENT` on a file system that can only be read, and below /proc it tries for ever (Node 20 and 22). Synchronously: refs have hundreds of folders, and
 * a turn of the event loop for each costs more than making it. `mode` is who may read those that it makes. Throws what `mkdir` throws.
 */
export async function makeFolders(dir: string, mode = 0o777): Promise<string | undefined> {
  const missing: string[] = [];
  for (let path = resolve(dir); ; path = dirname(path)) {
    const found = lookAt(path);
    if (found?.isFile() && missing.length === 0) mkdirSync(path, mode); // fails, and says why
    if (found !== undefined || path === dirname(path)) break;
    missing.unshift(path);
  }
  let first: string | undefined;
  for (const path of missing) {
    try {
      mkdirSync(path, mode);
      first ??= path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return first;
}

/** What is at a path; `undefined` where nothing is, or where it can't be seen. */
function lookAt(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
