import type { ObjectId, ObjectType } from '../object-id.ts';
import { NAMED_DELTA, OFFSET_DELTA, TYPE_NUMBERS } from '../pack-format.ts';

const ID_SIZE = 20;
const TYPES = new Map(Object.entries(TYPE_NUMBERS).map(([type, number]) => [number, type as ObjectType]));

/** What stands before an entry's compressed data in a pack (gitformat-pack). */
export interface EntryHeader {
  /** `undefined` for a delta. */
  readonly type: ObjectType | undefined;
  /** Bytes of the content or of the delta, inflated. */
  readonly size: number;
  /** How far before it a delta's base starts, or which object that is; `undefined` where this is none. */
  readonly base: number | ObjectId | undefined;
  /** Bytes of the header itself. */
  readonly length: number;
}

/** Reads the header of an entry that starts at `start` of these bytes. Throws a `RangeError` where none does. */
export function readEntryHeader(bytes: Buffer, start: number): EntryHeader {
  let at = start;
  let byte = bytes[at++] ?? 0;
  const kind = (byte >> 4) & 7;
  let size = byte & 0x0f;
  for (let unit = 16; byte & 0x80; unit *= 0x80) {
    byte = bytes[at++] ?? 0;
    size += (byte & 0x7f) * unit;
  }
  const type = TYPES.get(kind);
  if (type !== undefined) return { type, size, base: undefined, length: at - start };
  if (kind === NAMED_DELTA) {
    const base = bytes.toString('hex', at, at + ID_SIZE) as ObjectId;
    return { type, size, base, length: at + ID_SIZE - start };
  }
  if (kind !== OFFSET_DELTA) throw new RangeError('no entry starts here');
  byte = bytes[at++] ?? 0;
  let distance = byte & 0x7f;
  while (byte & 0x80) {
    byte = bytes[at++] ?? 0;
    distance = (distance + 1) * 0x80 + (byte & 0x7f);
  }
  return { type, size, base: distance, length: at - start };
}
