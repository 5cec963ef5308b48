import { CkptError } from '../checkpoint/errors.ts';
import { unshallowHint } from '../git/fetch-hint.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';

/** The commit that a revision names. Throws a `CkptError` where it names none here; in CI often a branch that was not fetched. */
export async function revisionOf(repo: Repository, revision: string): Promise<ObjectId> {
  const id = await repo.resolveRevision(revision);
  if (id !== undefined) return id;
  const name = revision.replace(/^refs\/remotes\//, '').replace(/[~^].*$/, '');
  const remotes = [...(await repo.network().remotes()), 'origin'];
  const remote = remotes.find((one) => name.startsWith(`${one}/`));
  const branch = name.slice((remote ?? '').length + 1);
  const fetch =
    remote === undefined
      ? ['git', 'fetch', '--all']
      : ['git', 'fetch', remote, `${branch}:refs/remotes/${remote}/${branch}`];
  const hint = (await repo.isShallow())
    ? [...(await unshallowHint(repo, 'This is a shallow clone. Fetch the rest: ')), '; a branch: ', fetch]
    : ['Look at what you have: ', ['git', 'branch', '--all'], '; fetch it: ', fetch];
  throw new CkptError('UNKNOWN_REVISION', `${revision} does not name a commit here`, { hint, exitCode: 3 });
}
