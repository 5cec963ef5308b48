import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTrue } from '../git/config-value.ts';
import { isDeadLockOwner, newLockOwner } from '../git/lock-owner.ts';
import { freshIn, isFresh, replaceFile } from '../git/replace-file.ts';
import type { Repository } from '../git/repository.ts';
import { sharedModeOf } from '../git/shared-mode.ts';
import { tryObject } from '../json/read.ts';

/** The key of git's configuration by which hooks leave the mirror to a process of its own. */
export const BACKGROUND_KEY = 'ckpt.background';

/**
 * What hooks have asked for, and who does it, below the git directory that all worktrees share: `requests/` has a file for each worktree
 * (and agent's turn), `worker/` the name of the process that is at work.
 */
const FOLDER = 'ckpt/background';
/** A request that a worker has begun with: where it is killed, the next one begins again. */
const BEGUN = '.begun';

/** A worker says so often that it is alive; one that has not for so long, in milliseconds, counts as dead on whatever machine it was. */
const SILENCE_MS = 20 * 60_000;

/** A run of the mirror that a hook has asked for. */
export interface RunRequest {
  /** The git directory that the hook ran with: nothing in the work tree need name it (`GIT_DIR`). */
  readonly gitDir: string;
  /** The work tree that it ran in, whose settings hold; `null` where there is none. */
  readonly workTree: string | null;
  /** The session of an agent that has ended a turn; `null` for other hooks. */
  readonly turnOf: string | null;
}

/** Whether hooks leave the mirror to a process of its own. */
export async function isBackground(repo: Pick<Repository, 'config'>): Promise<boolean> {
  return isTrue((await repo.config(BACKGROUND_KEY)) ?? '');
}

/** Notes that a run is asked for. One that is noted and not begun yet serves for all that ask for the same meanwhile. */
export async function requestRun(repo: Repository, turnOf: string | null): Promise<void> {
  const request: RunRequest = { gitDir: repo.gitDir, workTree: repo.workTree ?? null, turnOf };
  const text = JSON.stringify(request);
  const folder = join(repo.commonDir, FOLDER, 'requests');
  const shared = await sharedModeOf(repo);
  await shared.makeFolder(folder);
  await replaceFile(join(folder, createHash('sha256').update(text).digest('hex').slice(0, 20)), async (fresh) => {
    await writeFile(fresh, text);
    await shared.file(fresh);
  });
}

/** Whether a worker is at work in a repository. */
export async function hasWorker(commonDir: string): Promise<boolean> {
  for (const owner of await list(workerFolder(commonDir))) {
    if (!(await isDead(join(workerFolder(commonDir), owner), owner))) return true;
  }
  return false;
}

/**
 * Does what hooks have asked for in a repository, until there is nothing left; at once where another process does. `run` must not
 * throw; it answers false where the worker is to end, and what is left is done by the next one.
 */
export async function workOff(repo: Repository, run: (request: RunRequest) => Promise<boolean>): Promise<void> {
  const { commonDir } = repo;
  // A request that comes between the last look and the end of the lock finds a worker still: who ends looks once more.
  while ((await list(join(commonDir, FOLDER, 'requests'))).length > 0) {
    const own = await takeLock(repo);
    if (own === undefined) return;
    try {
      for (let request = await begin(commonDir); request !== undefined; request = await begin(commonDir)) {
        await utimes(own, new Date(), new Date()).catch(() => undefined);
        const goesOn = request.what === undefined || (await run(request.what));
        await rm(request.path, { force: true });
        if (!goesOn) return;
      }
    } finally {
      await rm(own, { force: true });
      await rmdir(workerFolder(commonDir)).catch(() => undefined);
    }
  }
}

/** Takes the next request: from now on the same may be asked for again. */
async function begin(commonDir: string): Promise<{ path: string; what: RunRequest | undefined } | undefined> {
  const folder = join(commonDir, FOLDER, 'requests');
  const [name] = (await list(folder)).sort();
  if (name === undefined) return undefined;
  const path = join(folder, name.endsWith(BEGUN) ? name : name + BEGUN);
  if (!name.endsWith(BEGUN)) await rename(join(folder, name), path);
  return { path, what: requestIn(await readFile(path, 'utf8').catch(() => '')) };
}

function requestIn(text: string): RunRequest | undefined {
  const { gitDir, workTree, turnOf } = tryObject(text) ?? {};
  const textOr = (value: unknown) => (typeof value === 'string' ? value : null);
  return typeof gitDir === 'string' ? { gitDir, workTree: textOr(workTree), turnOf: textOr(turnOf) } : undefined;
}

/** Becomes the worker; `undefined` where another process is. A folder that is not empty is never replaced by a rename. */
async function takeLock(repo: Repository): Promise<string | undefined> {
  const place = workerFolder(repo.commonDir);
  for (const owner of await list(place)) {
    if (await isDead(join(place, owner), owner)) await rm(join(place, owner), { force: true }).catch(() => undefined);
  }
  await rmdir(place).catch(() => undefined);
  const owner = newLockOwner();
  const fresh = await freshIn(join(repo.commonDir, FOLDER));
  await (await sharedModeOf(repo)).makeFolder(fresh);
  await writeFile(join(fresh, owner), '');
  try {
    await rename(fresh, place);
    return join(place, owner);
  } catch {
    await rm(fresh, { recursive: true, force: true });
    return undefined;
  }
}

async function isDead(path: string, owner: string): Promise<boolean> {
  if (isDeadLockOwner(owner)) return true;
  const stats = await stat(path).catch(() => undefined);
  return stats === undefined || Date.now() - stats.mtimeMs > SILENCE_MS;
}

function workerFolder(commonDir: string): string {
  return join(commonDir, FOLDER, 'worker');
}

async function list(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => !isFresh(name));
}
