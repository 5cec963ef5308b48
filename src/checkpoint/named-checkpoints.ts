import { type CheckpointId, parseCheckpointId } from './checkpoint-id.ts';
import { CHECKPOINT_TRAILER, checkpointsNamedIn, trailerValues } from './trailers.ts';

/** The checkpoints that a commit message (in latin1) names, each once: in its trailers, and in any other line, as a squash merge has. */
export function namedCheckpoints(message: string): CheckpointId[] {
  const values = [...trailerValues(message, CHECKPOINT_TRAILER), ...checkpointsNamedIn(message)];
  return [...new Set(values.flatMap((value) => parseCheckpointId(value) ?? []))];
}
