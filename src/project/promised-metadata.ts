import { BadObjectError } from '../git/errors.ts';
import { refetchCommand } from '../git/fetch-hint.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { BRANCH_REF } from '../layout/ref-names.ts';

/**
 * Makes sure that none of this metadata, absent here, is to be had from the remote of a partial clone: what is projected without
 * it would have other ids than on every machine that has it. `absent` gives each one's path in V1. What nobody has any more is
 * no obstacle. Throws `BadObjectError`.
 */
export async function assertNotPromised(repo: Repository, absent: ReadonlyMap<ObjectId, string>): Promise<void> {
  if (absent.size === 0) return;
  const promised = await repo.promisedObjects([...absent.keys()]);
  const [first] = promised;
  if (first === undefined) return;
  const remote = await repo.promisorRemote();
  const others = promised.size === 1 ? '' : `, as is other metadata (${promised.size} files in all)`;
  throw new BadObjectError(
    first,
    `${absent.get(first)} of V1 is absent from this partial clone${others}, and without it V2 would not be what it is elsewhere`,
    [
      'Fetch it, and run the command again: ',
      refetchCommand(remote ?? 'origin', BRANCH_REF),
      ` (the native engine fetches what it needs by itself where ${remote} can be reached, in a dry run with --fetch)`,
    ],
  );
}
