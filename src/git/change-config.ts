import { chmod, copyFile, open, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { moveFile } from './move-file.ts';
import { LockSet } from './refs/lock-file.ts';
import { LOCK_TIMEOUT_MS } from './refs/ref-transaction.ts';
import type { Repository } from './repository.ts';
import { sharedModeOf } from './shared-mode.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Changes a repository's own configuration under git's lock of it, all at once: `change` is given the path of a copy, which then takes the place of
 * the file, with its mode. A git that changes it itself leaves its lock where it is killed; the lock here is one of ours, which the
 * next command removes. Throws `RefLockedError` where another process holds it, and what `change` throws.
 */
export async function changeConfig(
  repo: Pick<Repository, 'commonDir' | 'config'>,
  change: (path: string) => Promise<void>,
): Promise<void> {
  const { commonDir } = repo;
  const path = await realpath(join(commonDir, 'config')); // git changes the file that a link leads to
  const place = { commonDir, shared: await sharedModeOf(repo), timeoutMs: LOCK_TIMEOUT_MS };
  const locks = await LockSet.announce(place, [{ ref: 'config', path }]);
  try {
    await locks.take(1);
    const copy = join(locks.folder, 'config');
    await copyFile(path, copy);
    await change(copy);
    await chmod(copy, (await stat(path)).mode & 0o7777);
    const file = await open(copy, 'r+');
    await file.sync().finally(() => file.close());
    await moveFile(copy, path);
    await syncFolder(dirname(path));
  } finally {
    await locks.release();
  }
}
