import { copyFile, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreAbsent } from '../ignore-absent.ts';
import { isDeadLockOwner, newLockOwner } from '../lock-owner.ts';
import { makeFolders } from '../make-folders.ts';
import type { ObjectId, RefName } from '../object-id.ts';
import type { RepositoryLocation } from '../repository-location.ts';

/** Where refs stand that are to be pushed, each with its own name behind it. */
const PREFIX = 'refs/ckpt/outgoing/';

/** What a push of all refs of such a folder names: one pattern. */
export const OUTGOING_REFSPEC = `${PREFIX}*:*`;

/**
 * Calls `push` with a git directory that has the refs of one push and no others, and takes the rest (objects, configuration, shallow
 * commits) from the repository by `GIT_COMMON_DIR`. Git compares each refspec of a push with each ref that is here, three times; of
 * 6,000 refs pushed 200 at a time that took most of the time. The files backend looks for refs beside `HEAD`, not there (seen with git 2.39; what
 * a git that does otherwise would push is nothing). The folder lies within the git directory, so that `includeIf "gitdir:…/"` still holds.
 */
export async function withOutgoingRefs<T>(
  { gitDir }: Pick<RepositoryLocation, 'gitDir'>,
  refs: ReadonlyArray<{ readonly ref: RefName; readonly new: ObjectId }>,
  push: (dir: string) => Promise<T>,
): Promise<T> {
  const folder = join(gitDir, 'ckpt', 'push');
  await makeFolders(folder);
  // What killed processes left.
  for (const name of await readdir(folder)) if (isDeadLockOwner(name)) await removeAll(join(folder, name));
  const dir = join(folder, newLockOwner());
  try {
    await mkdir(dir);
    const lines = refs.map((one) => `${one.new} ${PREFIX}${one.ref}\n`);
    await writeFile(join(dir, 'packed-refs'), lines.join(''));
    await cp(join(gitDir, 'HEAD'), join(dir, 'HEAD'), { verbatimSymlinks: true }); // core.preferSymlinkRefs: a link to what need not be there
    await copyFile(join(gitDir, 'config.worktree'), join(dir, 'config.worktree')).catch(ignoreAbsent);
    return await push(dir);
  } finally {
    await removeAll(dir);
  }
}

/** Whether git would take another configuration there: of a pattern for exactly this git directory, or of another kind of ref storage. */
export function isBoundToDir(keys: Iterable<string>): boolean {
  for (const key of keys) {
    if (/^includeif\.gitdir(?:\/i)?:.*[^/]\.path$/.test(key) || key === 'extensions.refstorage') return true;
  }
  return false;
}

async function removeAll(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}
