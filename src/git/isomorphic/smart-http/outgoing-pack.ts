import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { BadObjectError } from '../../errors.ts';
import type { ObjectId } from '../../object-id.ts';
import { entryHeader, packHeader } from '../../pack-writer.ts';
import type { ObjectStore } from '../object-store.ts';

/** How many bytes go out together: a piece an object would be a write for each. */
const PIECE_SIZE = 64 * 1024;

/**
 * A pack with these objects in pieces. Objects are taken as packs here have them, deltas where the base goes too, and sent before: growing
 * transcripts are mostly deltas. No more than one object and one piece are held. Throws a `BadObjectError` for one that is absent.
 */
export async function* packOf(objects: ObjectStore, ids: readonly ObjectId[]): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha1');
  const sent = new Set<ObjectId>();
  let held: Buffer[] = [packHeader(ids.length)];
  let size = 0;
  const release = () => {
    const piece = Buffer.concat(held);
    held = [];
    size = 0;
    hash.update(piece);
    return piece;
  };
  for (const id of await objects.inPackOrder(ids)) {
    for (const part of storedParts(objects, id, sent) ?? (await wholeParts(objects, id))) {
      held.push(part);
      size += part.length;
    }
    sent.add(id);
    if (size >= PIECE_SIZE) yield release();
  }
  // Never an empty piece: Node's fetch waits forever after one.
  const last = release();
  yield Buffer.concat([last, hash.digest()]);
}

/** An entry as it is stored; `undefined` where its base is not known there, or where it is not compressed. */
function storedParts(objects: ObjectStore, id: ObjectId, sent: ReadonlySet<ObjectId>): Buffer[] | undefined {
  const { type, size, base, data } = objects.stored(id) ?? {};
  if (size === undefined || data === undefined) return undefined;
  if (type !== undefined) return data.length > size ? undefined : [entryHeader(type, size), data];
  return base !== undefined && sent.has(base) ? [entryHeader({ base }, size), data] : undefined;
}

async function wholeParts(objects: ObjectStore, id: ObjectId): Promise<Buffer[]> {
  const object = await objects.read(id);
  if (object === undefined) throw new BadObjectError(id, `${id} is not here any more`);
  return [entryHeader(object.type, object.content.length), deflateSync(object.content)];
}
