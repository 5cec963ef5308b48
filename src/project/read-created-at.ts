import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { CreatedAtLookup } from '../checkpoint/created-at.ts';
import { createdAtOf } from '../generations/times.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTree } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { foldersAt } from '../layout/checkpoint-walk.ts';
import { surveyV1 } from '../layout/survey.ts';
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
  const survey = await surveyV1(repo, await foldersAt(repo, root, checkpoints), { checkBlobs: false });
  await assertNotPromised(repo, survey.absentMetadata);
  return createdAtOf(survey);
}

/** Reads times at a V1 root tree, and on `main` for checkpoints of which V1 says none. */
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
