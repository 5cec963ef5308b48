import { copyFile, link, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inQuotes } from '../config-value.ts';
import type { GitConfig } from '../git-config.ts';
import type { ObjectFormat } from '../object-id.ts';
import { LockSet } from '../refs/lock-file.ts';
import type { RefHook } from '../refs/ref-hook.ts';
import { LOCK_TIMEOUT_MS, withHook } from '../refs/ref-transaction.ts';
import type { RefUpdate } from '../repository.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import { SharedMode } from '../shared-mode.ts';
import { syncFolder } from '../sync-folder.ts';
import { GitProgram, gitEnvironment } from './program.ts';
import { updateByGit } from './refs.ts';

/** The names of a stack's tables, oldest first, one a line (git's Documentation/technical/reftable, "Layout"). */
const LIST = 'tables.list';

/** Whether refs lie in a reftable. */
export function isReftable(config: GitConfig): boolean {
  return /^reftable$/i.test(config.get('extensions.refStorage') ?? '');
}

/** What a transaction in a reftable works on. */
export interface ReftableContext {
  readonly git: GitProgram;
  readonly location: RepositoryLocation;
  readonly objectFormat: ObjectFormat;
  readonly config: GitConfig;
  readonly hook: RefHook | undefined;
}

/**
 * Moves refs that lie in a reftable, as `Repository.updateRefs` says. A git that is killed leaves the lock of the list of tables, which
 * does not say whose it was. So the lock is one of ours (`LockSet`): under it git moves the refs in a copy of the stack, and
 * what it has written is put into the real one: its table, and by one rename the list that names it.
 */
export async function updateReftable(
  context: ReftableContext,
  updates: readonly RefUpdate[],
  message: string,
): Promise<void> {
  const [first] = updates;
  if (first === undefined) return;
  const { git, location, config, hook } = context;
  const shared = new SharedMode(config.get('core.sharedRepository'));
  const stack = join(location.commonDir, 'reftable');
  const place = { commonDir: location.commonDir, shared, timeoutMs: LOCK_TIMEOUT_MS };
  const locks = await LockSet.announce(place, [{ ref: first.ref, path: join(stack, LIST) }]);
  try {
    await locks.take(1);
    const copy = join(locks.folder, 'copy');
    const before = await copyStack(context, stack, copy);
    await updateByGit(programIn(copy, context), updates, message);
    const after = await tablesOf(join(copy, 'reftable'));
    if (before.every((table, i) => table === after[i])) {
      const moves = updates.filter((update) => update.new !== update.old);
      await withHook(hook, moves, async () => {
        for (const table of after.slice(before.length)) {
          await shared.file(join(copy, 'reftable', table));
          await rename(join(copy, 'reftable', table), join(stack, table));
        }
        await syncFolder(stack);
        const list = join(locks.folder, LIST);
        await writeFile(list, after.map((table) => `${table}\n`).join(''), { flush: true });
        await shared.file(list);
        await rename(list, join(stack, LIST));
        await syncFolder(stack);
      });
      return;
    }
  } finally {
    await locks.release();
  }
  // A git before 2.46 has compacted the copy, and another process may be compacting the same tables: it moves the refs itself.
  await updateByGit(git, updates, message);
}

/** A git directory with the refs of this stack, whose tables are links; returns their names. */
async function copyStack({ location, objectFormat, config }: ReftableContext, stack: string, copy: string) {
  await mkdir(join(copy, 'reftable'), { recursive: true });
  await mkdir(`${copy}/refs`);
  await copyFile(join(location.commonDir, 'HEAD'), join(copy, 'HEAD'));
  const include = (path: string) => `[include]\npath = ${inQuotes(path)}\n`;
  const format = `repositoryFormatVersion = 1\nbare = ${config.get('core.bare') ?? 'false'}\n`;
  const extensions = `refStorage = reftable\nobjectFormat = ${objectFormat}\n`;
  const included = [join(location.commonDir, 'config'), join(location.gitDir, 'config.worktree')].map(include);
  await writeFile(join(copy, 'config'), `[core]\n${format}[extensions]\n${extensions}${included.join('')}`);
  const tables = await tablesOf(stack);
  for (const table of tables) {
    const [from, to] = [join(stack, table), join(copy, 'reftable', table)];
    await link(from, to).catch(() => copyFile(from, to));
  }
  await copyFile(join(stack, LIST), join(copy, 'reftable', LIST));
  return tables;
}

async function tablesOf(stack: string): Promise<string[]> {
  return (await readFile(join(stack, LIST), 'utf8')).split('\n').filter(Boolean);
}

/** git in the copy, with the objects of the repository. It runs no hook and compacts nothing: another process may be compacting the same tables. */
function programIn(copy: string, { git, location }: ReftableContext): GitProgram {
  const { GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates } = git.env;
  return new GitProgram([`--git-dir=${copy}`, '-c', `core.hooksPath=${join(copy, 'hooks')}`], {
    ...gitEnvironment(git.env),
    GIT_OBJECT_DIRECTORY: location.objectsDir,
    ...(alternates === undefined ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates }),
    GIT_TEST_REFTABLE_AUTOCOMPACTION: 'false',
  });
}
