import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { arrivedSince } from '../../generations/assign.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { PlanContext } from './plan-context.ts';
import { projectHistory } from './plan-first.ts';

/**
 * What `full/current` has to hold again where that ref was lost while `main` and archives are there: what arrived after the
 * last checkpoint that an archive holds, or held as the manifest has it. What arrived before and is in no archive was pruned.
 */
export async function lostCurrent(context: PlanContext): Promise<Map<CheckpointId, ObjectId>> {
  const { state, writer } = context;
  const archived = new Set([...(await state.archived()), ...(await state.everArchived())]);
  const { arrivals, checkpoints, fullTrees } = await projectHistory(context);
  const lost = arrivedSince(arrivals, archived);
  return fullTrees.store(
    writer,
    lost.map((id) => [id, checkpoints.get(id) ?? null] as const),
  );
}
