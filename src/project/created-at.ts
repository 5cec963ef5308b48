import { type CheckpointId, shardNames } from '../checkpoint/checkpoint-id.ts';
import type { CreatedAtLookup } from '../checkpoint/created-at.ts';
import { treeOfCommit } from '../generations/generation.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTree, readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';
import { checkpointsIn } from '../layout/checkpoint-list.ts';
import { surveyV1, type V1Survey } from '../layout/survey.ts';
import { isShardEntry } from './projection.ts';
import { assertNotPromised } from './promised-metadata.ts';

/** Looks times up in what a survey has found. */
export function createdAtOf(survey: V1Survey): CreatedAtLookup {
  return (checkpoint) => {
    const sessions = survey.checkpoints.get(checkpoint)?.sessions ?? [];
    return sessions.flatMap(({ createdAt }) => createdAt ?? []);
  };
}

/**
 * Reads the times of some checkpoints at a V1 root tree. A checkpoint that the tree lacks has none. Throws `BadObjectError` where
 * a partial clone lacks metadata that its remote has.
 */
export async function readCreatedAt(
  repo: Repository,
  root: readonly TreeEntry[],
  checkpoints: Iterable<CheckpointId>,
): Promise<CreatedAtLookup> {
  const survey = await surveyV1(repo, await foldersAt(repo, root, checkpoints), { checkBlobs: false });
  await assertNotPromised(repo, survey.absentMetadata);
  return createdAtOf(survey);
}

/** Reads times at a V1 root tree, and on `main` for checkpoints of which V1 tells none. */
export async function readCreatedAtOfEither(
  repo: Repository,
  v1Root: readonly TreeEntry[],
  mainTree: ObjectId,
  checkpoints: Iterable<CheckpointId>,
): Promise<CreatedAtLookup> {
  const ids = [...checkpoints];
  const inV1 = await readCreatedAt(repo, v1Root, ids);
  const unknown = ids.filter((id) => inV1(id).length === 0);
  if (unknown.length === 0) return inV1;
  const inMain = await readCreatedAt(repo, await readTree(repo, mainTree), unknown);
  return (id) => (inV1(id).length > 0 ? inV1(id) : inMain(id));
}

/** The folders that checkpoints have in a root tree, for those that it has. */
export async function foldersAt(
  repo: Repository,
  root: readonly TreeEntry[],
  checkpoints: Iterable<CheckpointId>,
): Promise<Map<CheckpointId, ObjectId>> {
  const wanted = new Set(checkpoints);
  const shardIds = new Map(root.filter(isShardEntry).map(({ name, id }) => [name, id]));
  const names = [...new Set([...wanted].map((id) => shardNames(id)[0]))].filter((name) => shardIds.has(name));
  const shards = await readTrees(
    repo,
    names.flatMap((name) => shardIds.get(name) ?? []),
  );
  const folders = new Map<CheckpointId, ObjectId>();
  names.forEach((name, i) => {
    for (const [id, tree] of checkpointsIn(name, shards[i] ?? [])) if (wanted.has(id)) folders.set(id, tree);
  });
  return folders;
}

/** The folders of all checkpoints that a commit's tree has. */
export async function allFolders(
  repo: Repository,
  commit: ObjectId,
  memory?: TreeMemory,
): Promise<Map<CheckpointId, ObjectId>> {
  const [root = []] = await readTrees(repo, [await treeOfCommit(repo, commit)], memory);
  const shards = root.filter(isShardEntry);
  const trees = await readTrees(
    repo,
    shards.map(({ id }) => id),
    memory,
  );
  return new Map(shards.flatMap(({ name }, i) => [...checkpointsIn(name, trees[i] ?? [])]));
}
