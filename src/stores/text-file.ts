import { open, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import { makeFolders } from '../git/make-folders.ts';
import { replaceFile } from '../git/replace-file.ts';

/** Reads a text file that a user named; `undefined` where there is none. Throws a `CkptError` where it can't be read. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CkptError('FILE_UNREADABLE', `${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Writes a text file that a user named, and the folders that it lies in, in one step: whoever reads it sees the old text or
 * the new one, and a failure leaves the old one. A link stays one; what is not a file (a pipe, a device) is written to as it is.
 */
export async function writeTextFile(path: string, text: string): Promise<void> {
  try {
    await makeFolders(dirname(path));
    const before = await stat(path).catch(() => undefined);
    if (before !== undefined && !before.isFile()) return await writeTo(path, 'w', text);
    const mode = (before?.mode ?? 0o666) & 0o777;
    const place = before === undefined ? path : await realpath(path);
    await replaceFile(place, (fresh) => writeTo(fresh, 'wx', text, mode));
  } catch (error) {
    throw new CkptError('FILE_NOT_WRITTEN', `${path} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

async function writeTo(path: string, how: 'w' | 'wx', text: string, mode?: number): Promise<void> {
  const file = await open(path, how, mode);
  try {
    await file.writeFile(text);
    if (how === 'wx') await file.sync();
  } finally {
    await file.close();
  }
}
