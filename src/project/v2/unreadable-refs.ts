import { isCommit, parseCommit } from '../../git/commit.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { readUsableTrees } from '../../git/read-trees.ts';
import { readUsable } from '../../git/read-usable.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import { usableCheckpointFolders } from '../../layout/checkpoint-walk.ts';
import { generationsOf, type LayoutRefs, mainOf } from '../../layout/layout-refs.ts';

/**
 * The refs of V2 whose commit, root tree or one of whose shards is absent or damaged, which costs a tree for some checkpoints each. That V2 follows from V1 is known by the ids of its tips alone: this says whether there is something behind them.
 */
export async function unreadableRefs(repo: Repository, refs: LayoutRefs): Promise<Ref[]> {
  const all = [mainOf(refs), ...generationsOf(refs)].flatMap((ref) => ref ?? []);
  const commits = await readUsable(
    all.map(({ id }) => id),
    (ids) => repo.readObjects(ids),
  );
  const treeIds = commits.map((commit) =>
    commit?.type === 'commit' && isCommit(commit.content) ? parseCommit(commit.content).tree : undefined,
  );
  const ids = [...new Set(treeIds)].flatMap((id) => id ?? []);
  const trees = await readUsableTrees(repo, ids);
  const shards = await usableCheckpointFolders(
    repo,
    trees.map((entries) => entries ?? []),
  );
  const usable = new Set<ObjectId | undefined>(ids.filter((_, i) => trees[i] !== undefined && shards[i] !== undefined));
  return all.filter((_, i) => !usable.has(treeIds[i]));
}
