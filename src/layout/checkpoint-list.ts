import { type CheckpointId, checkpointOfShardPath } from '../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../git/object-id.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';

/** The checkpoints in a shard folder's entries, with the ids of their folders. */
export function* checkpointsIn(shard: string, entries: readonly TreeEntry[]): Iterable<[CheckpointId, ObjectId]> {
  for (const { mode, name, id } of entries) {
    const checkpoint = isTreeMode(mode) ? checkpointOfShardPath(shard, name) : undefined;
    if (checkpoint !== undefined) yield [checkpoint, id];
  }
}
