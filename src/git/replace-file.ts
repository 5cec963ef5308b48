import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeadLockOwner, newLockOwner } from './lock-owner.ts';

/** How the name of a file begins that is to take the place of another one beside it; the process that writes it follows (`lock-owner.ts`). */
const PREFIX = '.ckpt-';

/** Folders that were looked at: many files are written to one. */
const swept = new Set<string>();

/**
 * Puts a file in the place of another one, or where none was, in one step: whoever reads it sees the old one or the new one. `write` makes it, under
 * a name that nothing has; where that throws, the old one stays. A process that is killed meanwhile leaves what it wrote: the next one that writes to
 * the folder removes that.
 */
export async function replaceFile(path: string, write: (fresh: string) => Promise<void>): Promise<void> {
  const fresh = await freshIn(dirname(path));
  try {
    await write(fresh);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The path of something new in a folder, for this process; what killed ones have left there goes. */
export async function freshIn(folder: string): Promise<string> {
  if (!swept.has(folder)) await removeLeftIn(folder);
  swept.add(folder);
  return join(folder, `${PREFIX}${newLockOwner()}`);
}

/** Whether a name in a folder is that of something which does not have its own yet. */
export function isFresh(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Removes what killed processes of ours have left in a folder. Never throws. */
export async function removeLeftIn(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => isFresh(one) && isDeadLockOwner(one.slice(PREFIX.length)))) {
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
