import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { readGeneration } from '../generations/generation.ts';
import { readEntries } from '../generations/manifest.ts';
import type { ObjectId } from '../git/object-id.ts';
import { projectHistory } from './plan-first.ts';
import { addFullTrees, type PlanContext } from './planning.ts';

/**
 * What `full/current` has to hold again where that ref was lost while `main` and archives are there: the checkpoints that
 * arrived after the last one that an archive holds, or held by what the manifest tells. What arrived before and is in no
 * archive was pruned.
 */
export async function lostCurrent(context: PlanContext): Promise<Map<CheckpointId, ObjectId>> {
  const { repo, refs, manifest, writer } = context;
  const archived = new Set<CheckpointId>();
  for (const { id } of refs.archives) {
    for (const checkpoint of (await readGeneration(repo, id)).checkpoints.keys()) archived.add(checkpoint);
  }
  for (const { entry } of (await readEntries(repo, manifest)).values()) {
    for (const checkpoint of entry.checkpoints) archived.add(checkpoint);
  }
  const { arrivals, checkpoints } = await projectHistory(context);
  const last = arrivals.findLastIndex((id) => archived.has(id));
  const lost = arrivals.slice(last + 1);
  return addFullTrees(
    writer,
    lost.map((id) => [id, checkpoints.get(id) ?? null] as const),
  );
}
