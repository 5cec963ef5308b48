import { CkptError } from '../checkpoint/errors.ts';
import { GitError } from '../git/errors.ts';

/** What a reader gives; `undefined` where something that it needs is damaged or absent, which verify reports. */
export async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GitError || error instanceof CkptError) return undefined;
    throw error;
  }
}
