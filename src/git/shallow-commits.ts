import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from './errors.ts';

/** The commits where a shallow clone ends; none in a whole one. Throws a `GitError` where git's list of them can't be read. */
export async function shallowCommits(commonDir: string): Promise<Set<string>> {
  try {
    return new Set((await readFile(join(commonDir, 'shallow'), 'latin1')).split('\n').filter(Boolean));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw new GitError(`the list of shallow commits can't be read: ${(cause as Error).message}`, { cause });
  }
}
