/** The name of a checkpoint: 12 lowercase hex characters, for example `a3b2c4d5e6f7`. */
export type CheckpointId = string & { readonly __brand: 'CheckpointId' };

const CHECKPOINT_ID = /^[0-9a-f]{12}$/;
const SHARD = /^[0-9a-f]{2}$/;
const SHARD_REST = /^[0-9a-f]{10}$/;

/** True when `text` is a checkpoint ID. */
export function isCheckpointId(text: string): text is CheckpointId {
  return CHECKPOINT_ID.test(text);
}

/** True when `name` is the first half of a shard path: a folder `a3` at the root of a layout's tree. */
export function isShardName(name: string): boolean {
  return SHARD.test(name);
}

/** The checkpoint whose shard path is `<shard>/<rest>`, or `undefined` where these are no halves of an ID. */
export function checkpointOfShardPath(shard: string, rest: string): CheckpointId | undefined {
  return SHARD.test(shard) && SHARD_REST.test(rest) ? ((shard + rest) as CheckpointId) : undefined;
}

/** The two folders that a checkpoint lies in: `['a3', 'b2c4d5e6f7']`. */
export function shardNames(id: CheckpointId): readonly [shard: string, rest: string] {
  return [id.slice(0, 2), id.slice(2)];
}

/** A checkpoint's folder in every tree of both layouts: `a3/b2c4d5e6f7`. */
export function shardPath(id: CheckpointId): string {
  return `${id.slice(0, 2)}/${id.slice(2)}`;
}
