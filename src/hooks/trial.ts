import { readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { EngineUnavailableError } from '../git/errors.ts';
import { ScratchRepository, type ScratchSource } from '../git/scratch/scratch-repository.ts';
import { TRIAL_VARIABLE } from '../stores/hook-trial.ts';
import { searchPath } from './find-program.ts';
import type { GitHookName, GitHookStatus, TriedCommand, TriedName } from './hooks-report.ts';

/** How long one command may take, hooks included, in milliseconds. */
const LIMIT_MS = 30_000;

/** The command that shows whether the mirror runs from a hook. At an amend post-commit runs too. */
const COMMAND_OF: Readonly<Record<GitHookName, TriedName>> = {
  'post-commit': 'commit',
  'post-merge': 'merge',
  'post-rewrite': 'rebase',
  'pre-push': 'push',
};

/** What was read of the hooks, and where they run. */
interface TrialOptions {
  readonly hooks: readonly GitHookStatus[];
  /** Whether `ckpt.push` is set. */
  readonly isPushing: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** What git did in a trial, and how the hooks are by that, whatever their texts led one to expect. */
export async function tryHooks(source: ScratchSource, { hooks, isPushing, env }: TrialOptions) {
  const trial = await tryCommands(source, env);
  return { trial, hooks: hooks.map((hook) => asTried(hook, trial, isPushing)) };
}

/**
 * Asks git which hooks come to the mirror: in a copy of the repository it commits, amends, merges, pushes and rebases, and runs the hooks that it runs
 * here. There `ckpt` only notes that it was called.
 */
async function tryCommands(source: ScratchSource, env: NodeJS.ProcessEnv): Promise<TriedCommand[]> {
  const path = { ...env, PATH: searchPath(env).join(delimiter) };
  const scratch = await ScratchRepository.copyOf(source, path).catch((error: unknown) => {
    if (error instanceof EngineUnavailableError) error.hint = 'Install git 2.31 or newer: it is git that is asked.';
    throw error;
  });
  try {
    const inWork = (...args: string[]) => scratch.git('-C', 'work', ...args);
    const first = await inWork('rev-parse', 'HEAD');
    const after = (subject: string) => inWork('commit-tree', '-p', first, '-m', subject, `${first}^{tree}`);
    const [tip, other] = [await after('A commit'), await after('Beside it')];
    const tried: TriedCommand[] = [];
    // Rebase is last: where it stops in the middle, git does little else.
    for (const [command, args] of commands({ first, other, remote: scratch.remote, branch: scratch.branch })) {
      await inWork('reset', '-q', tip);
      tried.push(await tryOne(scratch, command, args));
    }
    return tried;
  } finally {
    await scratch.remove();
  }
}

/** What is run, each from the same commit. Hooks that may refuse it before it is done (pre-commit, commit-msg, pre-rebase) are left out. */
function commands(at: { first: string; other: string; remote: string; branch: string }): Array<[TriedName, string[]]> {
  return [
    ['commit', ['commit', '--allow-empty', '--no-verify', '-m', 'Another commit']],
    ['amend', ['commit', '--amend', '--allow-empty', '--no-verify', '-m', 'A better commit']],
    ['merge', ['merge', '--no-ff', '--no-verify', '-m', 'A merge', at.other]],
    ['push', ['push', '--no-recurse-submodules', at.remote, `HEAD:refs/heads/${at.branch}`]],
    ['rebase', ['rebase', '--merge', '--no-verify', '--onto', at.other, at.first]],
  ];
}

async function tryOne(scratch: ScratchRepository, command: TriedName, args: readonly string[]): Promise<TriedCommand> {
  const notes = join(scratch.root, 'notes');
  const options = { limitMs: LIMIT_MS, env: { [TRIAL_VARIABLE]: notes } };
  const { exitCode, output } = await scratch.run(args, options);
  const noted = (await readFile(notes, 'utf8').catch(() => '')).split('\n');
  await rm(notes, { force: true });
  const said = output.trim().split('\n').at(-1) || `git ended with ${exitCode}`;
  return {
    command,
    mirrorCount: noted.filter((word) => word === 'mirror').length,
    pushCount: noted.filter((word) => word === 'push').length,
    failure: exitCode === 0 ? null : exitCode === null ? `not done within ${LIMIT_MS / 1000} s` : said,
  };
}

/** What is said of a hook after a trial. Where git failed before it came to the hook, what was read of it is all that there is. */
function asTried(hook: GitHookStatus, tried: readonly TriedCommand[], isPushing: boolean): GitHookStatus {
  const found = tried.find(({ command }) => command === COMMAND_OF[hook.hook]);
  if (found === undefined) return hook;
  const isKnown = found.failure === null || found.mirrorCount > 0;
  return {
    ...hook,
    active: isKnown ? found.mirrorCount > 0 : hook.active,
    pushes: pushesAsTried(hook, found, isPushing),
  };
}

function pushesAsTried(
  { hook, pushes }: GitHookStatus,
  { pushCount, failure }: TriedCommand,
  isPushing: boolean,
): GitHookStatus['pushes'] {
  if (hook !== 'pre-push') return pushes;
  if (pushCount > 0) return pushes === 'no' ? 'always' : pushes;
  const isExpected = pushes === 'always' || (pushes === 'if-set' && isPushing);
  return failure === null && isExpected ? 'no' : pushes;
}
