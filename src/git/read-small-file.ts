import { readFile, stat } from 'node:fs/promises';

/** The largest settings, hooks and other files that people write, in bytes. */
const LARGEST_SMALL = 2 ** 20;

/**
 * Reads a file that somebody wrote by hand; `ENOENT` where there is none. Throws, and reads nothing, for one of more than 1 MiB, and for
 * what is not a file: a pipe would be waited for, and a device has no end.
 */
export async function readSmallFile(path: string): Promise<Buffer> {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error(stats.isDirectory() ? 'it is a folder' : 'it is not a regular file');
  assertSmall(stats.size);
  return readFile(path);
}

/** Throws for more bytes than a file of people has. */
export function assertSmall(size: number): void {
  if (size > LARGEST_SMALL) throw new Error(`it has ${size} bytes: more than 1 MiB is not read`);
}
