import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import { isDeadLockOwner, newLockOwner } from '../git/lock-owner.ts';

/** How often a run says that it is alive, in milliseconds. */
const BEAT_MS = 5000;
/** A run of another machine that has said nothing for so long is dead, in milliseconds: each job has a container of its own. */
const SILENCE_MS = 60_000;

/**
 * Claims a file of results for this run, by a file beside it with the name of this process; the function that it returns gives it
 * back. Throws a `CkptError` where another run has it. Two that begin at the same moment may refuse each other.
 */
export async function claimResults(file: string): Promise<() => Promise<void>> {
  const prefix = `${basename(file)}.`;
  const mine = join(dirname(file), `${prefix}${newLockOwner()}`);
  await writeFile(mine, '');
  const release = () => rm(mine, { force: true });
  try {
    for (const name of await readdir(dirname(file))) {
      const other = join(dirname(file), name);
      if (!name.startsWith(prefix) || other === mine) continue;
      if (isDeadLockOwner(name.slice(prefix.length)) || (await isSilent(other, mine))) await rm(other, { force: true });
      else throw ownedBy(file);
    }
  } catch (error) {
    await release();
    throw error;
  }
  const beating = setInterval(() => beat(mine), BEAT_MS).unref();
  return async () => {
    clearInterval(beating);
    await release();
  };
}

/** Both times are of the file system that the files are on: clocks of machines differ. */
async function isSilent(other: string, mine: string): Promise<boolean> {
  const [theirs, ours] = await Promise.all([stat(other).catch(() => undefined), stat(mine)]);
  return theirs === undefined || ours.mtimeMs - theirs.mtimeMs > SILENCE_MS;
}

function beat(mine: string): void {
  const now = new Date();
  utimes(mine, now, now).catch(() => undefined);
}

function ownedBy(file: string): CkptError {
  return new CkptError('FLEET_REPORT_IN_USE', `another run writes to ${file}`, {
    hint: 'Wait for it, or name another folder. A run that was killed on another machine is given up after a minute.',
  });
}
