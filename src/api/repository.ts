import { CkptError } from '../checkpoint/errors.ts';
import { type OpenOptions, openRepository as open } from '../git/open.ts';
import type { EngineName, Repository } from '../git/repository.ts';
import { assertEngine, assertOptions, wrongUsage } from './usage.ts';

/** An open repository. Close it when the work is done: an engine may hold processes and files. */
export interface CheckpointRepository extends AsyncDisposable {
  /** What reads and writes it: the `git` program, or isomorphic-git and our own code. */
  readonly engine: EngineName;
  /** The work tree; the git directory where there is none. */
  readonly path: string;
  /** Whoever uses it afterwards gets an error with the code `REPOSITORY_CLOSED`. A second time does nothing. */
  close(): Promise<void>;
}

/** What every function takes besides its own options. */
export interface Abortable {
  /** Stops the work at its next access to the repository. */
  readonly signal?: AbortSignal;
}

/** What is behind each repository that was opened. */
const opened = new WeakMap<CheckpointRepository, { readonly repo: Repository; readonly assertOpen: () => void }>();

/**
 * Opens the repository around `dir`. Throws an error with the code `NOT_A_REPOSITORY` where there is none, `ENGINE_UNAVAILABLE` where the
 * engine that was asked for is not there or can't serve it, and `WRONG_USAGE` where there is no such engine.
 */
export async function openRepository(options: OpenOptions): Promise<CheckpointRepository> {
  assertEngine(options);
  const repo = await open(options);
  const path = repo.workTree ?? repo.gitDir;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= repo.close();
    return closing;
  };
  const handle = { engine: repo.engine, path, close, [Symbol.asyncDispose]: close };
  const assertOpen = () => {
    const message = `the repository ${path} was closed before`;
    if (closing !== undefined) throw new CkptError('REPOSITORY_CLOSED', message, { exitCode: 2 });
  };
  opened.set(handle, { repo: guarded(repo, assertOpen), assertOpen });
  return handle;
}

/**
 * The seam behind an open repository. With a signal, each of its calls fails as soon as that is aborted, with the signal's reason.
 * Objects are stored before refs, and refs move in one step, so that an aborted write has moved all of its refs or none. Throws an error with the
 * code `WRONG_USAGE` for what only JavaScript lets through: no repository, an unknown layout.
 */
export function seamOf(handle: CheckpointRepository, options: Abortable): Repository {
  const found = opened.get(handle);
  if (found === undefined) throw wrongUsage('the first argument is not a repository that openRepository opened');
  assertOptions(options);
  const { repo, assertOpen } = found;
  assertOpen();
  const { signal } = options;
  return signal === undefined ? repo : guarded(repo, () => signal.throwIfAborted());
}

/** What must run to the end once it has begun, or tidies up. */
const UNINTERRUPTED: ReadonlySet<string | symbol> = new Set(['close', 'releaseObjects']);

/** A repository each call of which is preceded by a check, which may throw. */
function guarded(repo: Repository, check: () => void): Repository {
  return new Proxy(repo, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (!UNINTERRUPTED.has(name)) check();
        return member.apply(target, args);
      };
    },
  });
}
