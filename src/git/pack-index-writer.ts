import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { GitError } from './errors.ts';
import { idsOf } from './object-id.ts';
import type { PackEntry } from './pack-writer.ts';

/** The index (gitformat-pack, version 2) of a pack with these entries and this trailing checksum. */
export function packIndexOf(entries: Iterable<PackEntry>, packChecksum: Buffer): Buffer {
  const rows = Array.from(entries, ({ id, offset, bytes }) => ({ id, offset, crc: crc32(bytes) }));
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const last = rows.reduce((greatest, { offset }) => Math.max(greatest, offset), 0);
  if (last >= 0x8000_0000) throw new GitError('more than 2 GiB can not be written at once');

  const header = Buffer.from('ff744f6300000002', 'hex');
  const fanout = Buffer.alloc(256 * 4);
  const crcs = Buffer.alloc(rows.length * 4);
  const offsets = Buffer.alloc(rows.length * 4);
  let first = 0;
  for (const [index, { id, offset, crc }] of rows.entries()) {
    for (const digit = Number.parseInt(id.slice(0, 2), 16); first < digit; first++)
      fanout.writeUInt32BE(index, 4 * first);
    crcs.writeUInt32BE(crc, 4 * index);
    offsets.writeUInt32BE(offset, 4 * index);
  }
  for (; first < 256; first++) fanout.writeUInt32BE(rows.length, 4 * first);
  const ids = Buffer.from(idsOf(rows).join(''), 'hex');
  const index = Buffer.concat([header, fanout, ids, crcs, offsets, packChecksum]);
  return Buffer.concat([
    index,
    createHash(packChecksum.length === 32 ? 'sha256' : 'sha1')
      .update(index)
      .digest(),
  ]);
}
