import { linkSync } from 'node:fs';
import { open, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GitError, RefLockedError } from '../errors.ts';
import type { RefName } from '../object-id.ts';
import type { SharedMode } from '../shared-mode.ts';
import { syncFolder } from '../sync-folder.ts';
import { canBeLeft, LEFT_AFTER_MS, removeIfLeft } from './left-lock.ts';
import { announceLocks, LOCK_LIST, ownFileOf, releaseLocks, removeStaleLocks } from './stale-locks.ts';

/** A lock to take: git's `<file>.lock`. `ref` is the name that an error speaks of. */
export interface LockRequest {
  readonly ref: RefName;
  /** The file that is locked, without `.lock`. */
  readonly path: string;
}

/** Where locks are taken. */
export interface LockPlace {
  /** The git directory that all linked worktrees share. */
  readonly commonDir: string;
  readonly shared: SharedMode;
  /** How long to wait for locks that others hold, in milliseconds. */
  readonly timeoutMs: number;
}

/** Errors of `link` on file systems that have no hard links, or none between them. */
const NO_LINKS = new Set(['EPERM', 'EXDEV', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Errors of a recursive `mkdir` beside a process that removes one of the folders. */
const GOING_FOLDER = new Set(['ENOENT', 'ENOTDIR', 'EEXIST']);

/**
 * Git's lock files, taken together. What makes a lock is that `<file>.lock` exists, so a git beside us honours ours.
 *
 * A killed process leaves its lock files behind. So that ours can be told from anybody else's, each is a hard link to a
 * file in a folder that names this process (`stale-locks.ts`); the link is made in one step, so there is never a lock whose owner is not
 * known. Where links don't exist the lock file is made directly, and nobody cleans up after a kill.
 */
export class LockSet {
  /** A folder of this process alone, on the file system of the refs: what is written there can be renamed into place. */
  readonly folder: string;
  readonly #place: LockPlace;
  readonly #requests: readonly LockRequest[];
  readonly #unlinked: string[] = [];
  #taken = 0;
  #own = '';

  private constructor(place: LockPlace, folder: string, requests: readonly LockRequest[]) {
    this.#place = place;
    this.folder = folder;
    this.#requests = requests;
  }

  /** Says which locks are going to be taken, in this order. None is yet. */
  static async announce(place: LockPlace, requests: readonly LockRequest[]): Promise<LockSet> {
    const { commonDir, shared } = place;
    await removeStaleLocks(commonDir);
    const locks = new LockSet(place, await announceLocks(commonDir, shared), requests);
    try {
      const paths = requests.map(({ path }) => relative(commonDir, `${path}.lock`));
      // After a power cut, too, a lock must not be there without the list that names it.
      await writeFile(join(locks.folder, LOCK_LIST), JSON.stringify(paths), { flush: true });
      await syncFolder(locks.folder);
      await syncFolder(dirname(locks.folder));
      return locks;
    } catch (error) {
      await locks.release();
      throw error;
    }
  }

  /**
   * Takes the next `count` of the locks, waiting for those that others hold. Throws `RefLockedError` where that takes too
   * long; what was taken is still held then.
   */
  async take(count: number): Promise<void> {
    const deadline = performance.now() + this.#place.timeoutMs;
    const end = this.#taken + count;
    for (; this.#taken < end; this.#taken++) {
      const request = this.#requests[this.#taken];
      if (request !== undefined) await this.#takeOne(request, this.#taken, deadline);
    }
  }

  /** Gives all locks back, and removes what was left in `folder`. Never throws: what can't be removed goes with a later run. */
  async release(): Promise<void> {
    const { commonDir } = this.#place;
    for (const path of this.#unlinked) await unlink(path).catch(() => unlink(path).catch(() => undefined));
    const isFree = await releaseLocks(commonDir, this.folder).catch(() => false);
    // Tries once more for a lock that could not be removed, and not only when somebody comes by.
    if (!isFree) await removeStaleLocks(commonDir);
  }

  async #takeOne({ ref, path }: LockRequest, index: number, deadline: number): Promise<void> {
    const own = join(this.folder, ownFileOf(index));
    const lock = `${path}.lock`;
    if (own !== this.#own) await writeFile(own, `ckpt, process ${process.pid}\n`);
    this.#own = own;
    const patience = canBeLeft(ref) ? performance.now() + 1.1 * LEFT_AFTER_MS : 0;
    for (;;) {
      const failure = await this.#tryLink(own, lock);
      if (failure === undefined) return;
      // The folder may be absent, also because another process just removed it when it was empty.
      if (failure === 'ENOENT') await this.#makeFolder(dirname(path));
      else if (failure !== 'EEXIST') throw notMade(ref, lock, failure);
      else {
        await removeStaleLocks(this.#place.commonDir);
        if (canBeLeft(ref)) await removeIfLeft(lock);
      }
      if (performance.now() >= (failure === 'EEXIST' ? Math.max(deadline, patience) : deadline)) {
        const last = await this.#tryLink(own, lock);
        if (last === undefined) return;
        // A folder that can't be made, as on a full disk, is nobody's lock.
        throw last === 'EEXIST' ? new RefLockedError(ref, lock) : notMade(ref, lock, last);
      }
      if (failure === 'EEXIST') await delay(5 + Math.random() * 20);
    }
  }

  /**
   * Where a folder above it is removed at that very moment, as another process does with empty ones, it is not made: Node says so
   * as `ENOENT`, or as `ENOTDIR` or `EEXIST` where it went between two calls. A file that is really in the way fails the link.
   */
  async #makeFolder(path: string): Promise<void> {
    try {
      await this.#place.shared.makeFolder(path);
    } catch (error) {
      if (!GOING_FOLDER.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  /** Makes the lock file; the error's code where that fails. */
  async #tryLink(own: string, lock: string): Promise<string | undefined> {
    try {
      linkSync(own, lock); // in a loop over thousands of refs a turn of the event loop costs more
      return undefined;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      return NO_LINKS.has(code) ? this.#tryCreate(lock) : code;
    }
  }

  async #tryCreate(lock: string): Promise<string | undefined> {
    try {
      await (await open(lock, 'wx')).close();
      this.#unlinked.push(lock);
      return undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'unknown';
    }
  }
}

function notMade(ref: RefName, lock: string, failure: string): GitError {
  return new GitError(`${ref} can't be locked: ${lock} can't be made (${failure})`);
}
