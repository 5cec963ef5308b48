import { appendTo } from '../checkpoint/append-to.ts';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';

/**
 * The generations that hold each checkpoint, in their order. A checkpoint is looked up here, and not in one generation after the other: there
 * are a hundredth as many of these as there are checkpoints.
 */
export function holdersByCheckpoint<G extends { readonly checkpoints: ReadonlyMap<CheckpointId, unknown> }>(
  generations: readonly G[],
): ReadonlyMap<CheckpointId, readonly G[]> {
  const holders = new Map<CheckpointId, G[]>();
  for (const generation of generations) {
    for (const id of generation.checkpoints.keys()) appendTo(holders, id, generation);
  }
  return holders;
}
