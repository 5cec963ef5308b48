import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { IdList } from './id-table.ts';
import type { PackEntry } from './pack-writer.ts';

/** An offset from here on stands in a table of its own, and its place there is what the index has, with the highest bit set. */
const FIRST_LARGE_OFFSET = 0x8000_0000;

/**
 * The index (gitformat-pack, version 2) of a pack with these entries and this trailing checksum, in pieces: of a million objects it has
 * 30 MB.
 */
export function* packIndexOf(entries: Iterable<PackEntry>, packChecksum: Buffer): Generator<Buffer, void, undefined> {
  const format = packChecksum.length === 32 ? 'sha256' : 'sha1';
  const hash = createHash(format);
  for (const piece of tablesOf(entries, new IdList(format))) {
    hash.update(piece);
    yield piece;
  }
  hash.update(packChecksum);
  yield packChecksum;
  yield hash.digest();
}

function* tablesOf(entries: Iterable<PackEntry>, ids: IdList): Generator<Buffer, void, undefined> {
  const crcs: number[] = [];
  const offsets: number[] = [];
  for (const { id, offset, bytes } of entries) {
    ids.push(id);
    crcs.push(crc32(bytes));
    offsets.push(offset);
  }
  const places = ids.sorted();
  const sortedIds = ids.bytesOf(places);
  yield Buffer.from('ff744f6300000002', 'hex');
  yield fanoutOf(sortedIds, places.length);
  yield sortedIds;
  yield numbers(places, (place) => crcs[place] ?? 0);
  const large: number[] = [];
  yield numbers(places, (place) => {
    const offset = offsets[place] ?? 0;
    return offset < FIRST_LARGE_OFFSET ? offset : FIRST_LARGE_OFFSET + large.push(offset) - 1;
  });
  const table = Buffer.alloc(8 * large.length);
  for (const [i, offset] of large.entries()) table.writeBigUInt64BE(BigInt(offset), 8 * i);
  yield table;
}

/** How many ids there are up to each first byte. */
function fanoutOf(sortedIds: Buffer, count: number): Buffer {
  const idLength = count === 0 ? 1 : sortedIds.length / count;
  const fanout = Buffer.alloc(256 * 4);
  let at = 0;
  for (let byte = 0; byte < 256; byte++) {
    while (at < count && (sortedIds[at * idLength] as number) <= byte) at++;
    fanout.writeUInt32BE(at, 4 * byte);
  }
  return fanout;
}

function numbers(places: Uint32Array, of: (place: number) => number): Buffer {
  const table = Buffer.alloc(4 * places.length);
  places.forEach((place, at) => {
    table.writeUInt32BE(of(place), 4 * at);
  });
  return table;
}
