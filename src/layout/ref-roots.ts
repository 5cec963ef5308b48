import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { tryCommit } from '../git/commit.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { readUsableTrees } from '../git/read-trees.ts';
import { readUsable } from '../git/read-usable.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { usableCheckpointFolders } from './checkpoint-walk.ts';

/** The root of one ref: V1's branch, `main` or a generation. */
export interface RefRoot {
  readonly ref: Ref;
  readonly entries: readonly TreeEntry[];
  /** The folders of its checkpoints. */
  readonly checkpoints: ReadonlyMap<CheckpointId, ObjectId>;
}

/**
 * The checkpoints of several refs, in three round trips however many refs there are. `undefined` stands for a ref that is at
 * no commit, or whose root tree or one of whose shards is not here.
 */
export async function readRoots(repo: Repository, refs: readonly Ref[]): Promise<Array<RefRoot | undefined>> {
  const commits = await readUsable(idsOf(refs), (ids) => repo.readObjects(ids));
  const treeIds = commits.map((commit) => tryCommit(commit)?.tree);
  const roots = await treesById(
    repo,
    treeIds.flatMap((id) => id ?? []),
  );
  const readable = [...roots];
  const folders = await usableCheckpointFolders(
    repo,
    readable.map(([, entries]) => entries),
  );
  const checkpointsOf = new Map(readable.map(([id], i) => [id, folders[i]]));
  return refs.map((ref, i) => {
    const tree = treeIds[i];
    const entries = tree && roots.get(tree);
    const checkpoints = tree && checkpointsOf.get(tree);
    return entries === undefined || checkpoints === undefined ? undefined : { ref, entries, checkpoints };
  });
}

/** Each tree that can be read, once. */
async function treesById(
  repo: Repository,
  ids: readonly ObjectId[],
): Promise<ReadonlyMap<ObjectId, readonly TreeEntry[]>> {
  const distinct = [...new Set(ids)];
  const trees = await readUsableTrees(repo, distinct);
  return new Map(
    distinct.flatMap((id, i): Array<[ObjectId, readonly TreeEntry[]]> => {
      const entries = trees[i];
      return entries === undefined ? [] : [[id, entries]];
    }),
  );
}
