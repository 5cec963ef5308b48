import { stat, unlink } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ignoreAbsent } from '../ignore-absent.ts';
import type { RefName } from '../object-id.ts';

/** How long a lock of one ref stays the same before nobody can be at work behind it, in milliseconds: git holds it for the time of one write. */
const LEFT_AFTER_MS = 10_000;

/**
 * Removes the lock of a ref that a killed git has left, and that another one stumbles over (`stderr`), once it has not changed for ten seconds.
 * Only refs for which `isOwn` holds, to which no other program writes. False where there is nothing that another attempt would find otherwise.
 */
export async function removeLeftLock(
  stderr: string,
  commonDir: string,
  isOwn: (ref: RefName) => boolean,
): Promise<boolean> {
  const named = /Unable to create '(.+)\.lock': File exists/.exec(stderr)?.[1];
  if (named === undefined) return false;
  const ref = relative(commonDir, resolve(commonDir, named)).split(sep).join('/');
  if (!isOwn(ref)) return false;
  const lock = `${join(commonDir, ref)}.lock`;
  const look = () => stat(lock, { bigint: true }).catch(ignoreAbsent);
  const first = await look();
  const deadline = performance.now() + LEFT_AFTER_MS;
  for (let now = first; now !== undefined; now = await look()) {
    if (now.ino !== first?.ino || now.mtimeNs !== first.mtimeNs) return true;
    if (Date.now() - Number(now.mtimeMs) > LEFT_AFTER_MS || performance.now() > deadline) {
      await unlink(lock).catch(ignoreAbsent);
      return true;
    }
    await delay(200);
  }
  return true;
}
