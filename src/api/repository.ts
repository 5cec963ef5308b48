import { type OpenOptions, openRepository as open } from '../git/open.ts';
import type { EngineName, Repository } from '../git/repository.ts';

/** An open repository. Close it when the work is done: an engine may hold processes and files. */
export interface CheckpointRepository extends AsyncDisposable {
  /** What reads and writes it: the `git` program, or isomorphic-git and our own code. */
  readonly engine: EngineName;
  /** The work tree; the git directory where there is none. */
  readonly path: string;
  close(): Promise<void>;
}

const opened = new WeakMap<CheckpointRepository, Repository>();

/**
 * Opens the repository around `dir`. Throws an error with the code `NOT_A_REPOSITORY` where there is none, and
 * `ENGINE_UNAVAILABLE` where the engine that was asked for is not there or can't serve it.
 */
export async function openRepository(options: OpenOptions): Promise<CheckpointRepository> {
  const repo = await open(options);
  const close = () => repo.close();
  const handle = {
    engine: repo.engine,
    path: repo.workTree ?? repo.gitDir,
    close,
    [Symbol.asyncDispose]: close,
  };
  opened.set(handle, repo);
  return handle;
}

/**
 * The seam behind an open repository. With a signal, each of its calls fails as soon as that is aborted, with the signal's reason.
 * Objects are stored before refs, and refs move in one step, so that an aborted write has moved all of its refs or none.
 */
export function seamOf(handle: CheckpointRepository, signal: AbortSignal | undefined): Repository {
  const repo = opened.get(handle);
  if (repo === undefined) throw new TypeError('this is not a repository that openRepository opened');
  return signal === undefined ? repo : abortable(repo, signal);
}

/** What must run to the end once it has begun, or tidies up. */
const UNINTERRUPTED: ReadonlySet<string | symbol> = new Set(['close', 'releaseObjects']);

function abortable(repo: Repository, signal: AbortSignal): Repository {
  return new Proxy(repo, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (!UNINTERRUPTED.has(name)) signal.throwIfAborted();
        return member.apply(target, args);
      };
    },
  });
}
