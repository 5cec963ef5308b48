import { copyFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Renames a file; where the new place lies on another file system, a copy of it, which gets its name when it is whole. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const whole = join(dirname(to), `tmp_${basename(to)}`);
    await copyFile(from, whole);
    await rename(whole, to);
  }
}
