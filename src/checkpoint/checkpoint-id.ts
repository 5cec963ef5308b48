/**
 * The name of a checkpoint: 12 lowercase hex digits, for example `a3b2c4d5e6f7`, or a ULID, which newer writers make: 26 digits of
 * Crockford's base32 in upper case, for example `01JZX4T9QK3M8V7W6P5R4S3T2A`. Both kinds may lie in one shard.
 */
export type CheckpointId = string & { readonly __brand: 'CheckpointId' };

/** The form of a checkpoint ID, as it is stored. */
export const CHECKPOINT_ID = /^(?:[0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25})$/;
const SHARD = /^(?:[0-9a-f]{2}|[0-7][0-9A-HJKMNP-TV-Z])$/;
const HEX_PREFIX = /^[0-9a-f]{1,12}$/;
const ULID_PREFIX = /^[0-7][0-9A-HJKMNP-TV-Z]{0,25}$/;

const ULID_LENGTH = 26;
const ULID_DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** The digits of a ULID that hold its time. */
const ULID_TIME_LENGTH = 10;

/** What an error says of the form that an ID has. */
export const CHECKPOINT_ID_FORM =
  'A checkpoint ID is 12 lowercase hex digits or a ULID, for example a3b2c4d5e6f7 or 01JZX4T9QK3M8V7W6P5R4S3T2A';

/** True when `text` is a checkpoint ID as it is stored. */
export function isCheckpointId(text: string): text is CheckpointId {
  return CHECKPOINT_ID.test(text);
}

/** The checkpoint ID that a user wrote, in upper or lower case; `undefined` where it is not one. */
export function parseCheckpointId(text: string): CheckpointId | undefined {
  const id = text.length === ULID_LENGTH ? text.toUpperCase() : text.toLowerCase();
  return isCheckpointId(id) ? id : undefined;
}

/**
 * The beginnings of checkpoint IDs that a user may mean by `text`, in upper or lower case: as hex digits and as a ULID's, the same
 * text once. Empty where no ID begins so.
 */
export function checkpointIdPrefixes(text: string): readonly string[] {
  const [lower, upper] = [text.toLowerCase(), text.toUpperCase()];
  const prefixes = [...(HEX_PREFIX.test(lower) ? [lower] : []), ...(ULID_PREFIX.test(upper) ? [upper] : [])];
  return [...new Set(prefixes)];
}

/** The moment at which a ULID was made, in milliseconds since 1970; `undefined` for an ID of hex digits. */
export function timeOfId(id: CheckpointId): number | undefined {
  if (id.length !== ULID_LENGTH) return undefined;
  return [...id.slice(0, ULID_TIME_LENGTH)].reduce((time, digit) => time * 32 + ULID_DIGITS.indexOf(digit), 0);
}

/** True when `name` is the first half of a shard path: a folder `a3` or `01` at the root of a layout's tree. */
export function isShardName(name: string): boolean {
  return SHARD.test(name);
}

/** The checkpoint whose shard path is `<shard>/<rest>`, or `undefined` where these are not the halves of an ID. */
export function checkpointOfShardPath(shard: string, rest: string): CheckpointId | undefined {
  const id = shard + rest;
  return shard.length === 2 && isCheckpointId(id) ? id : undefined;
}

/** The two folders that a checkpoint lies in: `['a3', 'b2c4d5e6f7']`. */
export function shardNames(id: CheckpointId): readonly [shard: string, rest: string] {
  return [id.slice(0, 2), id.slice(2)];
}

/** A checkpoint's folder in the trees of V1 and V2: `a3/b2c4d5e6f7`. */
export function shardPath(id: CheckpointId): string {
  return `${id.slice(0, 2)}/${id.slice(2)}`;
}
