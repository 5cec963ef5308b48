import { appendFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { inQuotes } from '../config-value.ts';
import { initBareRepository } from '../init.ts';
import { isDeadLockOwner, newLockOwner } from '../lock-owner.ts';
import { makeFolders } from '../make-folders.ts';
import { awaitLeft, removeIfLeft } from '../refs/left-lock.ts';
import { replaceFile } from '../replace-file.ts';
import { FETCH, NEVER_ASK, remoteFailure } from './network.ts';
import { GitProgram, GitProgramError, gitEnvironment } from './program.ts';

/** How often a clone is brought up to date where killed processes have left locks in it. */
const MOST_TRIES = 5;

/** What is cloned, and where to. */
export interface BareCloneOptions {
  /** It may have credentials: they are in no argument of a process, but in a file of the clone, which its owner alone can read. */
  readonly url: string;
  readonly dir: string;
  /** Branches that are not taken: refs that end with `*`. */
  readonly without: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Makes a bare partial clone (`blob:none`) of the branches of a remote, called `origin`, and points `HEAD` at its default one; brings one
 * that is there up to date. A clone that was stopped is not there. Throws a `RemoteError` where the remote does not answer.
 */
export async function bareClone(options: BareCloneOptions): Promise<void> {
  const { dir } = options;
  const exists = (await stat(dir).catch(() => undefined)) !== undefined;
  if (exists) return update(options);
  await makeFolders(dirname(dir), 0o700);
  await removeDead(dir);
  const fresh = `${dir}.${newLockOwner()}`;
  try {
    await initBareRepository(fresh);
    await appendFile(join(fresh, 'config'), CONFIG);
    await update({ ...options, dir: fresh });
    await rename(fresh, dir);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Somebody else has made the same clone meanwhile.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

async function update({ url, dir, without, env }: BareCloneOptions): Promise<void> {
  await writeRemote(dir, url);
  const git = new GitProgram([`--git-dir=${dir}`, ...NEVER_ASK], gitEnvironment(env));
  const specs = ['+refs/heads/*:refs/heads/*', ...without.map((pattern) => `^${pattern}`)];
  // A kill right after branches have gone leaves it where no fetch stumbles over it, but the first transaction of ours would.
  await removeIfLeft(join(dir, 'packed-refs.lock'));
  for (let tries = 1; ; tries++) {
    try {
      const { stdout } = await git.run(['ls-remote', '--symref', '--', 'origin', 'HEAD']);
      await git.run([...FETCH, '--prune', '--', 'origin', ...specs]);
      const [, head] = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(stdout.toString('utf8')) ?? [];
      if (head !== undefined) await git.run(['symbolic-ref', 'HEAD', head]);
      return;
    } catch (error) {
      if (!(error instanceof GitProgramError)) throw error;
      // The clone is ours alone: so is every lock that stays in it.
      if (tries === MOST_TRIES || !(await awaitLeft(error.stderr, dir, () => true))) {
        throw remoteFailure(url, error.stderr);
      }
    }
  }
}

/** Takes away what killed clones have left beside a clone. */
async function removeDead(dir: string): Promise<void> {
  const prefix = `${basename(dir)}.`;
  for (const name of await readdir(dirname(dir))) {
    if (!name.startsWith(prefix) || !isDeadLockOwner(name.slice(prefix.length))) continue;
    await rm(join(dirname(dir), name), { recursive: true, force: true });
  }
}

/** What a clone's `config` has beside that of an empty repository (git's repository-version.txt for the extension). */
const CONFIG = `[core]
\trepositoryformatversion = 1
[extensions]
\tpartialclone = origin
[include]
\tpath = origin.config
`;

/** Writes where the remote is, afresh each time, since a token has an end. */
async function writeRemote(dir: string, url: string): Promise<void> {
  const text = `[remote "origin"]\n\turl = ${inQuotes(url)}\n\tpromisor = true\n\tpartialclonefilter = blob:none\n`;
  await replaceFile(join(dir, 'origin.config'), (fresh) => writeFile(fresh, text, { mode: 0o600 }));
}
