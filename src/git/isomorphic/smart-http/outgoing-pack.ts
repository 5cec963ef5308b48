import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createDeflate, deflateSync } from 'node:zlib';
import { BadObjectError } from '../../errors.ts';
import type { ObjectId } from '../../object-id.ts';
import { entryHeader, packHeader } from '../../pack-writer.ts';
import type { ObjectStore } from '../object-store.ts';

/** How many bytes go out together: a piece an object would be a write for each. */
const PIECE_SIZE = 64 * 1024;
/** A larger blob is compressed as it is read. */
const LARGEST_AT_ONCE = 1024 * 1024;

/**
 * A pack with these objects in pieces. Objects are taken as packs here have them, deltas where the base goes too, and sent before: growing
 * transcripts are mostly deltas. No more than a few pieces are held. Throws a `BadObjectError` for one that is absent.
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
    for await (const part of storedParts(objects, id, sent) ?? wholeParts(objects, id)) {
      held.push(part);
      size += part.length;
      if (size >= PIECE_SIZE) yield release();
    }
    sent.add(id);
  }
  // Never an empty piece: Node's fetch waits forever after one.
  const last = release();
  yield Buffer.concat([last, hash.digest()]);
}

/** An entry as it is stored; `undefined` where its base is not known there, or where it is not compressed. */
function storedParts(
  objects: ObjectStore,
  id: ObjectId,
  sent: ReadonlySet<ObjectId>,
): AsyncIterable<Buffer> | undefined {
  const entry = objects.stored(id);
  if (entry === undefined) return undefined;
  const { type, size, base, compressedSize, compressed } = entry;
  if (type !== undefined) return compressedSize > size ? undefined : behind(entryHeader(type, size), compressed());
  return base !== undefined && sent.has(base) ? behind(entryHeader({ base }, size), compressed()) : undefined;
}

async function* wholeParts(objects: ObjectStore, id: ObjectId): AsyncGenerator<Buffer, void, undefined> {
  const info = await objects.info(id);
  const isLarge = info?.type === 'blob' && info.size > LARGEST_AT_ONCE;
  const stream = isLarge ? await objects.stream(id) : undefined;
  if (isLarge && stream !== undefined) return yield* behind(entryHeader('blob', info.size), deflated(stream));
  const object = await objects.read(id);
  if (object === undefined) throw new BadObjectError(id, `${id} is not here any more`);
  yield entryHeader(object.type, object.content.length);
  yield deflateSync(object.content);
}

async function* deflated(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const deflate = createDeflate();
  // Errors of either stream end the other one and come out of the loop.
  pipeline(Readable.from(content), deflate, () => undefined);
  for await (const piece of deflate) yield piece as Buffer;
}

async function* behind(header: Buffer, parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield header;
  yield* parts;
}
