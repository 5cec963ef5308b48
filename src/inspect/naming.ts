import type { ProgressListener } from '../checkpoint/progress.ts';
import { type NamingCommits, readNamingCommits } from '../commits/naming-commits.ts';
import { GitError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import type { Repository } from '../git/repository.ts';

/**
 * The commits that name each checkpoint. They are an addition to what is shown: a history that can't be read, for example for one
 * broken ref, is a warning and no failure.
 */
export function namingCommits(repo: Repository, onEvent?: ProgressListener): Promise<NamingCommits> {
  onEvent?.({ kind: 'phase', phase: 'walk history' });
  const unread = ({ message }: GitError) => {
    onEvent?.({ kind: 'warning', message: `the commits that name checkpoints were not read: ${message}` });
    return new Map();
  };
  return readNamingCommits(repo).catch(inCaseOf(GitError, unread));
}
