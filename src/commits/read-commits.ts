import { type ParsedCommit, tryCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';

/** The commits with these ids, in their order; `undefined` stands for what is absent, or can't be taken apart. */
export async function readCommits(
  repo: Repository,
  ids: readonly ObjectId[],
): Promise<Array<ParsedCommit | undefined>> {
  return (await repo.readObjects(ids)).map(tryCommit);
}
