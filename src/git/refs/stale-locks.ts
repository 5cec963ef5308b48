import { statSync, unlinkSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isDeadLockOwner, newLockOwner } from '../lock-owner.ts';
import type { SharedMode } from '../shared-mode.ts';

/** The folder, below the shared git directory, with one folder for each process that holds locks: see `lock-file.ts`. */
const LOCK_OWNERS = join('ckpt', 'locks');
/** The file in such a folder that names the lock files, relative to the shared git directory, one in each JSON string. */
export const LOCK_LIST = 'locks.json';
/** How the name of such a folder begins whose locks nobody holds any more, but which could not be removed. */
const GIVEN_BACK = 'given-back-';
/** How many locks are links to one file: file systems allow some thousands of links to a file (ext4: 65,000, others fewer). */
const LINKS = 1000;

/** The file in an owner's folder that the lock at this place of the list is a link to. */
export function ownFileOf(index: number): string {
  return `${Math.floor(index / LINKS)}`;
}

/**
 * Removes the ref locks that processes of ours left behind: when they were killed, or since a lock could not be removed. Locks of
 * anybody else, of processes that run, and of other machines stay. Costs one look at a folder that is mostly absent or empty. Never
 * throws: on a file system that can only be read, nobody waits for these locks.
 */
export async function removeStaleLocks(commonDir: string): Promise<void> {
  const owners = join(commonDir, LOCK_OWNERS);
  for (const name of await readdir(owners).catch(() => [])) {
    if (!name.startsWith(GIVEN_BACK) && !isDeadLockOwner(name)) continue;
    // The rename is the right to clean up: of several processes that find the dead one's folder, one succeeds. Where
    // that one dies too, its folder is a dead process's folder again.
    const claimed = join(owners, newLockOwner());
    try {
      await rename(join(owners, name), claimed);
    } catch {
      continue;
    }
    await releaseLocks(commonDir, claimed).catch(() => undefined);
  }
}

/**
 * Removes the lock files that an owner's folder lists, as far as they are still that owner's, and then the folder. Where a lock can't be
 * removed, the folder stays and says that nobody holds it: the next that looks at locks tries again. Returns whether all are gone.
 */
export async function releaseLocks(commonDir: string, ownerDir: string): Promise<boolean> {
  let isFree = true;
  for (const [index, path] of (await lockList(ownerDir)).entries()) {
    const lock = join(commonDir, path);
    if (lock.endsWith('.lock')) isFree = removeLock(lock, join(ownerDir, ownFileOf(index))) && isFree;
  }
  const isGone = isFree && (await removeFolder(ownerDir));
  if (!isGone) await rename(ownerDir, join(dirname(ownerDir), `${GIVEN_BACK}${basename(ownerDir)}`));
  return isGone;
}

/** False where it is still there: a git that outlives its process may write into it. */
function removeFolder(path: string): Promise<boolean> {
  return rm(path, { recursive: true, force: true }).then(
    () => true,
    () => false,
  );
}

/** Removes a lock that is a link to this file; false where it may still be there. */
function removeLock(lock: string, own: string): boolean {
  try {
    if (isSameFile(lock, own)) unlinkSync(lock);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Makes the folder of an owner that is about to take locks. */
export async function announceLocks(commonDir: string, shared: SharedMode): Promise<string> {
  const ownerDir = join(commonDir, LOCK_OWNERS, newLockOwner());
  await shared.makeFolder(ownerDir);
  return ownerDir;
}

/** Throws where the list is there and can't be read. */
async function lockList(ownerDir: string): Promise<string[]> {
  try {
    const list: unknown = JSON.parse(await readFile(join(ownerDir, LOCK_LIST), 'utf8'));
    return Array.isArray(list) ? list.map(String) : [];
  } catch (error) {
    // Killed before the list was written, which is before the first lock was taken.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function isSameFile(a: string, b: string): boolean {
  const [left, right] = [statSync(a, { bigint: true }), statSync(b, { bigint: true })];
  return left.ino === right.ino && left.dev === right.dev;
}
