import { CkptError } from '../checkpoint/errors.ts';

/** A hook or a settings file could not be read or written. Each file is whole: as it was, or as it was to be. */
export class HookFileError extends CkptError {
  override readonly name = 'HookFileError';

  constructor(path: string, doing: 'read' | 'written' | 'removed', cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('HOOK_FILE_FAILED', `${path} can't be ${doing}: ${reason}`, {
      exitCode: 1,
      hint: `${wayOn(cause)}, then run the command again: what was done already is left as it is.`,
      cause,
    });
  }
}

/** An error of the system has to do with owners and modes; any other says that what lies there is not a file that people write. */
function wayOn(cause: unknown): string {
  const isOfSystem = cause instanceof Error && 'code' in cause;
  return isOfSystem ? 'See who owns the file and its folder' : 'Move what lies there elsewhere';
}

/** Git's configuration names a hooks folder that is none, as `core.hooksPath=/dev/null` does; or none at all: then git runs no hooks either. */
export class NoHooksFolderError extends CkptError {
  override readonly name = 'NoHooksFolderError';

  constructor(folder: string) {
    const reason =
      folder === '' ? 'core.hooksPath is empty' : `git looks for hooks in ${folder}, which is not a folder`;
    super('NO_HOOKS_FOLDER', `${reason}: git runs no hooks`, {
      exitCode: 3,
      hint: ['See where that is set: ', ['git', 'config', '--show-origin', '--get', 'core.hooksPath']],
    });
  }
}

/** An agent's settings lie in a work tree, and this repository has none. */
export class NoWorkTreeError extends CkptError {
  override readonly name = 'NoWorkTreeError';

  constructor(gitDir: string) {
    super('NO_WORK_TREE', `${gitDir} has no work tree, so there are no settings of an agent`, {
      exitCode: 3,
      hint: ['Run the command in a work tree, or take the hooks of git alone: ', ['ckpt', 'hooks', 'install', '--git']],
    });
  }
}

/** An agent's settings are not what the agent would read. The file was not changed. */
export class BadAgentSettingsError extends CkptError {
  override readonly name = 'BadAgentSettingsError';

  constructor(path: string, problem: string) {
    super('BAD_AGENT_SETTINGS', `${path} was not changed: ${problem}`, {
      exitCode: 1,
      hint: 'Correct the file, then run the command again.',
    });
  }
}
