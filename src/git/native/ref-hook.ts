import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GitError } from '../errors.ts';
import type { GitConfig } from '../git-config.ts';
import type { RefHook, TransactionState } from '../refs/ref-hook.ts';
import { noObject, type RefMove } from '../refs/reflog.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import type { GitProgram } from './program.ts';

const NAME = 'reference-transaction';

/**
 * The repository's `reference-transaction` hook, as git would run it (githooks): with a line `<old> <new> <ref>` for each ref on stdin,
 * in the top of the work tree, with `GIT_DIR` set. `undefined` where there is none that can be executed.
 */
export async function referenceTransactionHook(
  git: GitProgram,
  location: RepositoryLocation,
  config: GitConfig,
): Promise<RefHook | undefined> {
  const cwd = location.workTree ?? location.gitDir;
  const path = join(await hooksFolder(git, location, config, cwd), NAME);
  const isThere = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const env: NodeJS.ProcessEnv = { ...git.env, GIT_DIR: location.gitDir };
  if (location.workTree !== undefined) env.GIT_WORK_TREE = location.workTree;
  return async (state, moves) => {
    const exitCode = await run(path, state, moves, { cwd, env });
    if (state !== 'prepared' || exitCode === 0) return;
    throw new GitError(`the hook ${path} refused to move the refs (exit ${exitCode})`);
  };
}

async function hooksFolder(
  git: GitProgram,
  { commonDir }: RepositoryLocation,
  config: GitConfig,
  cwd: string,
): Promise<string> {
  const configured = config.get('core.hooksPath');
  if (configured === undefined) return join(commonDir, 'hooks');
  if (configured === '') return '/'; // as git takes it
  // Git knows what `~user/` stands for.
  const { stdout } = await git.run(['config', '--type=path', '-z', '--get', 'core.hooksPath']);
  return resolve(cwd, stdout.toString('utf8').replace(/\0$/, ''));
}

/** Like git's own, it is out of reach of a Ctrl-C in the terminal, and what it prints is not the result of this program. */
function run(
  path: string,
  state: TransactionState,
  moves: readonly RefMove[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(path, [state], { cwd, env, detached: true, stdio: ['pipe', 2, 2] });
    child.once('error', (cause) => fail(new GitError(`the hook ${path} can't be run: ${cause.message}`, { cause })));
    child.once('close', (code) => done(code ?? 128));
    // Who doesn't read its lines may end early.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(moves.map((move) => hookLine(move)).join(''));
  });
}

function hookLine(move: RefMove): string {
  return `${move.old ?? noObject(move)} ${move.new ?? noObject(move)} ${move.ref}\n`;
}
