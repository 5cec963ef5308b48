import { stat, unlink } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ignoreAbsent } from '../ignore-absent.ts';

/** Refs to which no other program writes: ours do it under locks that are links, and gits that we start. */
const OWN_REFS = 'refs/ckpt/';

/** How old a git's lock of one ref is before nobody can be at work behind it, in milliseconds: git holds it for the time of one write. */
export const LEFT_AFTER_MS = 10_000;

/** Whether a lock of this ref can be one that a git of ours has left. */
export function canBeLeft(ref: string): boolean {
  return ref.startsWith(OWN_REFS);
}

/** Removes the lock of such a ref where a killed git has left it. True where it is gone. */
export async function removeIfLeft(lock: string): Promise<boolean> {
  const found = await stat(lock).catch(ignoreAbsent);
  if (found === undefined) return true;
  // A link is a lock of ours, of which is known who holds it.
  if (found.nlink > 1 || Date.now() - found.mtimeMs < LEFT_AFTER_MS) return false;
  await unlink(lock).catch(ignoreAbsent);
  return true;
}

/**
 * The same for the lock that git stumbles over (`stderr`), once it is old enough. `isOwn` says of a file in the git directory whether no other program
 * writes it. False where another attempt would find nothing else.
 */
export async function awaitLeft(stderr: string, commonDir: string, isOwn = canBeLeft): Promise<boolean> {
  const named = /Unable to create '(.+)\.lock': File exists/.exec(stderr)?.[1];
  if (named === undefined) return false;
  const ref = relative(commonDir, resolve(commonDir, named)).split(sep).join('/');
  // A server, too, may say of any file that it is a lock.
  if (/^(?:\.\.\/|[a-z]:)/i.test(ref) || !isOwn(ref)) return false;
  const deadline = performance.now() + 1.1 * LEFT_AFTER_MS;
  while (performance.now() < deadline) {
    if (await removeIfLeft(`${join(commonDir, ref)}.lock`)) return true;
    await delay(200);
  }
  return false;
}
