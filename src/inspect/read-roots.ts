import { type CheckpointId, isShardName } from '../checkpoint/checkpoint-id.ts';
import { isCommit, parseCommit } from '../git/commit.ts';
import { type ObjectId, rawIdLength } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { GitObject, Ref, Repository } from '../git/repository.ts';
import { isTreeMode, parseTree, type TreeEntry } from '../git/tree.ts';
import { checkpointsIn } from '../stores/checkpoint-list.ts';

/** The root of one ref: V1's branch, `main` or a generation. */
export interface RefRoot {
  readonly ref: Ref;
  readonly entries: readonly TreeEntry[];
  /** The folders of its checkpoints. */
  readonly checkpoints: ReadonlyMap<CheckpointId, ObjectId>;
}

/**
 * The checkpoints of several refs, in three round trips however many refs there are. `undefined` stands for a ref that is at
 * no commit, or whose root tree is not here.
 */
export async function readRoots(repo: Repository, refs: readonly Ref[]): Promise<Array<RefRoot | undefined>> {
  const commits = await repo.readObjects(refs.map(({ id }) => id));
  const treeIds = commits.map((commit) => {
    return commit?.type === 'commit' && isCommit(commit.content) ? parseCommit(commit.content).tree : undefined;
  });
  const known = [...new Set(treeIds.filter((id) => id !== undefined))];
  const objects = await repo.readObjects(known);
  const roots = new Map<ObjectId, TreeEntry[]>();
  known.forEach((id, i) => {
    const entries = tryParse(repo, objects[i]);
    if (entries !== undefined) roots.set(id, entries);
  });
  const shardsOf = (entries: readonly TreeEntry[]) =>
    entries.filter(({ mode, name }) => isTreeMode(mode) && isShardName(name));
  const ids = [...new Set([...roots.values()].flatMap((entries) => shardsOf(entries).map(({ id }) => id)))];
  const shards = new Map((await readTrees(repo, ids)).map((entries, i) => [ids[i], entries]));
  return refs.map((ref, i) => {
    const tree = treeIds[i];
    const entries = tree === undefined ? undefined : roots.get(tree);
    if (entries === undefined) return undefined;
    const checkpoints = shardsOf(entries).flatMap(({ name, id }) => [...checkpointsIn(name, shards.get(id) ?? [])]);
    return { ref, entries, checkpoints: new Map(checkpoints) };
  });
}

function tryParse(repo: Repository, object: GitObject | undefined): TreeEntry[] | undefined {
  if (object?.type !== 'tree') return undefined;
  try {
    return parseTree(object.content, rawIdLength(repo.objectFormat));
  } catch {
    return undefined;
  }
}
