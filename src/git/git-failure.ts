import { GitError } from './errors.ts';

/** Does something, and says what it was where the file system fails it (a full disk, no permission, damaged data). */
export async function during<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw asGitError(doing, cause);
  }
}

/** The error itself where it speaks for itself, or one that says while doing what it came. */
export function asGitError(doing: string, cause: unknown): GitError {
  if (cause instanceof GitError) return cause;
  return new GitError(`${doing} failed: ${(cause as Error).message}`, { cause });
}
