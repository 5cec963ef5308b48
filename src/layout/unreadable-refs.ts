import { batches } from '../git/batches.ts';
import { isCommit, parseCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readUsableTrees } from '../git/read-trees.ts';
import { readUsable } from '../git/read-usable.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { usableCheckpointFolders } from './checkpoint-walk.ts';

/**
 * Those of a layout's refs whose commit, root tree or one of whose shards is absent or damaged, which costs a commit and a tree a ref and a
 * tree for some checkpoints each. That a layout follows from another is known by the ids of its tips alone: this says whether there is
 * something behind them.
 */
export async function unreadableRefs(repo: Repository, refs: readonly Ref[]): Promise<Ref[]> {
  const left: Ref[] = [];
  for (const batch of batches(refs)) for (const ref of await unreadableAmong(repo, batch)) left.push(ref);
  return left;
}

async function unreadableAmong(repo: Repository, refs: readonly Ref[]): Promise<Ref[]> {
  const objects = await readUsable(
    refs.map(({ id }) => id),
    (ids) => repo.readObjects(ids),
  );
  const treeIds = objects.map((object) =>
    object?.type === 'commit' && isCommit(object.content) ? parseCommit(object.content).tree : undefined,
  );
  const ids = [...new Set(treeIds)].flatMap((id) => id ?? []);
  const trees = await readUsableTrees(repo, ids);
  const shards = await usableCheckpointFolders(
    repo,
    trees.map((entries) => entries ?? []),
  );
  const usable = new Set<ObjectId | undefined>(ids.filter((_, i) => trees[i] !== undefined && shards[i] !== undefined));
  // A ref that is at another type of object belongs to no layout.
  return refs.filter((_, i) => (objects[i]?.type ?? 'commit') === 'commit' && !usable.has(treeIds[i]));
}
