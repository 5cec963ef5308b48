import { batches } from '../git/batches.ts';
import { idsOf } from '../git/object-id.ts';
import { readUsable } from '../git/read-usable.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { readRoots } from './ref-roots.ts';

/**
 * Those of a layout's refs whose commit, root tree or one of whose shards is absent or damaged, which costs a commit and a tree a ref and a
 * tree for some checkpoints each. That a layout follows from another is known by the ids of its tips alone: this says whether there is
 * something behind them.
 */
export async function unreadableRefs(repo: Repository, refs: readonly Ref[]): Promise<Ref[]> {
  const left: Ref[] = [];
  for (const batch of batches(refs)) {
    const roots = await readRoots(repo, batch);
    for (const [i, ref] of batch.entries()) if (roots[i] === undefined) left.push(ref);
  }
  const infos = await readUsable(idsOf(left), (ids) => repo.objectInfo(ids));
  // A ref that is at another type of object belongs to no layout.
  return left.filter((_, i) => (infos[i]?.type ?? 'commit') === 'commit');
}
