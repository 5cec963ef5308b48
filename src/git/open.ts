import { EngineUnavailableError } from './errors.ts';
import { openNative } from './native/native-repository.ts';
import type { Repository } from './repository.ts';

/** Which engine to use. `auto` takes the native one where a git of 2.31 or newer answers, else isomorphic. */
export const ENGINE_CHOICES = ['auto', 'native', 'isomorphic'] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

/** How to find a repository and which engine to open it with. */
export interface OpenOptions {
  /** A folder inside the repository; also a bare repository or a linked worktree. */
  readonly dir: string;
  readonly engine?: EngineChoice;
  /** The environment to work in. Default: the process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether `GIT_DIR` and its like in `env` say where the repository is, as they do in a hook. Default: false. */
  readonly honourGitEnv?: boolean;
  /**
   * Whether objects that a partial clone lacks may be fetched when they are read. What its configuration names (the remote's URL,
   * `ext::…`, `core.sshCommand`, `uploadpack`) is run then, so a command that only reads says false. Default: true.
   */
  readonly fetches?: boolean;
  /**
   * Whether nobody is there who could be asked: a git that talks to a remote has no terminal then, on which its ssh would ask, and ends with
   * all that it has started when this process exits. Default: false.
   */
  readonly isUnattended?: boolean;
}

/**
 * Opens a repository. Throws `NotARepositoryError` where there is none, `EngineUnavailableError` where the engine is not
 * there or can't serve it. The caller closes it.
 */
export async function openRepository(options: OpenOptions): Promise<Repository> {
  const {
    dir,
    engine = 'auto',
    env = process.env,
    honourGitEnv = false,
    fetches = true,
    isUnattended = false,
  } = options;
  const where = { dir, env, honourGitEnv, fetches, isUnattended };
  if (engine !== 'isomorphic') {
    try {
      return await openNative(where);
    } catch (error) {
      if (engine === 'native' || !(error instanceof EngineUnavailableError)) throw error;
    }
  }
  const { openIsomorphic } = await import('./isomorphic/isomorphic-repository.ts');
  return openIsomorphic(where);
}
