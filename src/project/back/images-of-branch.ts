import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectSink, Repository } from '../../git/repository.ts';
import type { LayoutName } from '../../layout/layout.ts';
import { layoutOf } from '../../layout/layouts.ts';
import { Projection } from '../projection.ts';
import { CheckpointTrees } from '../refs/checkpoint-trees.ts';

/**
 * What V1's folders of checkpoints become in a layout: each the folder that has its summary there; `undefined` where it becomes none.
 * Objects that are made go to `sink`. Throws `BadObjectError` where a folder can't be read.
 */
export async function imagesOfBranch(
  repo: Repository,
  sink: ObjectSink,
  layout: LayoutName,
  folders: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<(id: CheckpointId) => ObjectId | undefined> {
  if (layoutOf(layout).hasGenerations) {
    const projected = await new Projection(repo, sink).projectCheckpoints(folders);
    return (id) => projected.get(id)?.main ?? undefined;
  }
  const trees = new CheckpointTrees(repo, sink);
  await trees.load(folders);
  return (id) => trees.treeOf(id, folders.get(id) as ObjectId);
}
