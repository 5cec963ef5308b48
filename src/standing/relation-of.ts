import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';

/** How a commit here relates to the one that a ref of the same name is at elsewhere. */
export type RefRelation = 'same' | 'ahead' | 'behind' | 'diverged';

/** `ahead` where there is nothing there; `diverged` also where what is there is not here, so that nobody can tell. */
export async function relationOf(repo: Repository, here: ObjectId, there: ObjectId | undefined): Promise<RefRelation> {
  if (there === undefined) return 'ahead';
  if (there === here) return 'same';
  if (await repo.isAncestor(there, here)) return 'ahead';
  return (await repo.isAncestor(here, there)) ? 'behind' : 'diverged';
}
