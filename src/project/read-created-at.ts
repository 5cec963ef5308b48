import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { CreatedAtLookup } from '../checkpoint/created-at.ts';
import { createdAtOf } from '../generations/times.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTree } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { foldersAt } from '../layout/checkpoint-walk.ts';
import { surveyBranch } from '../layout/survey.ts';
import { assertNotPromised } from './promised-metadata.ts';

/**
 * Reads the times of some checkpoints at a V1 root tree. A checkpoint that the tree lacks has none. Throws `BadObjectError` where
 * a partial clone lacks metadata that its remote has.
 */
export async function readCreatedAt(
  repo: Repository,
  root: readonly TreeEntry[],
  checkpoints: Iterable<CheckpointId>,
): Promise<CreatedAtLookup> {
  const survey = await surveyBranch(repo, await foldersAt(repo, root, checkpoints), { checkBlobs: false });
  await assertNotPromised(repo, survey.absentMetadata);
  return createdAtOf(survey);
}

/** Reads times at a V1 root tree, and on `main` for checkpoints of which V1 says none. */
export async function readCreatedAtOfEither(
  repo: Repository,
  branchRoot: readonly TreeEntry[],
  mainTree: ObjectId,
  checkpoints: Iterable<CheckpointId>,
): Promise<CreatedAtLookup> {
  const ids = [...checkpoints];
  const onBranch = await readCreatedAt(repo, branchRoot, ids);
  const unknown = ids.filter((id) => onBranch(id).length === 0);
  if (unknown.length === 0) return onBranch;
  const inMain = await readCreatedAt(repo, await readTree(repo, mainTree), unknown);
  return (id) => (onBranch(id).length > 0 ? onBranch(id) : inMain(id));
}
