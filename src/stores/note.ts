import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../git/replace-file.ts';
import type { Repository } from '../git/repository.ts';
import { sharedModeOf } from '../git/shared-mode.ts';

/** What a note needs to know of a repository. */
type Place = Pick<Repository, 'commonDir' | 'config'>;

/**
 * Writes a JSON value into `<commonDir>/ckpt/<name>`, in one step: a reader sees the old note or the new one. Never throws: a note that
 * can't be written (a full disk, a read-only repository) must not make a failure of a run that was none.
 */
export async function writeNote(repo: Place, name: string, value: unknown): Promise<void> {
  const path = notePath(repo.commonDir, name);
  try {
    const shared = await sharedModeOf(repo);
    await shared.makeFolder(dirname(path));
    await replaceFile(path, async (fresh) => {
      await writeFile(fresh, `${JSON.stringify(value)}\n`);
      await shared.file(fresh);
    });
  } catch {
    // As said above.
  }
}

/** What a note holds; `undefined` where there is none that can be read. Never throws. */
export async function readNote(commonDir: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(notePath(commonDir, name), 'utf8'));
  } catch {
    return undefined;
  }
}

function notePath(commonDir: string, name: string): string {
  return join(commonDir, 'ckpt', name);
}
