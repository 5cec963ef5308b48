import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ReceivedPack } from '../../src/git/isomorphic/smart-http/received-pack.ts';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { entryHeader, packHeader } from '../../src/git/pack-writer.ts';

const A = Buffer.from('a');
const idOfBlob = (content: Buffer) => hashObject('sha1', 'blob', content);
const blob = (content: Buffer) => Buffer.concat([entryHeader('blob', content.length), deflateSync(content)]);

/** A size as a delta has it: seven bits a byte, the lowest first. */
function sizeBytes(size: number): Buffer {
  const bytes: number[] = [];
  for (let rest = size; ; rest = Math.floor(rest / 0x80)) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 0x80) | 0x80);
  }
}

function delta(base: ObjectId, from: number, to: number, commands: Buffer): Buffer {
  const content = Buffer.concat([sizeBytes(from), sizeBytes(to), commands]);
  return Buffer.concat([entryHeader({ base }, content.length), deflateSync(content)]);
}

const summed = (bytes: Buffer) => Buffer.concat([bytes, createHash('sha1').update(bytes).digest()]);
const pack = (count: number, ...entries: Buffer[]) => summed(Buffer.concat([packHeader(count), ...entries]));
const insertA = Buffer.from([1, 0x61]);

test.each<[string, Buffer, RegExp]>([
  ['nothing', Buffer.alloc(0), /checksum/],
  ['a wrong checksum', Buffer.concat([pack(1, blob(A)).subarray(0, -1), Buffer.from([0])]), /checksum/],
  ['cut off', pack(2, blob(A), blob(Buffer.from('b'))).subarray(0, -30), /checksum/],
  ['another version', summed(Buffer.concat([Buffer.from('PACK\0\0\0\x09\0\0\0\x01', 'latin1'), blob(A)])), /version 2/],
  ['not a pack', summed(Buffer.concat([Buffer.from('KCAP\0\0\0\x02\0\0\0\x01', 'latin1'), blob(A)])), /version 2/],
  ['an object more than it counts', pack(1, blob(A), blob(Buffer.from('b'))), /more than the 1 objects/],
  ['objects that are not there', pack(0xffff_ffff, blob(A)), /damaged/],
  ['a delta without its base', pack(2, blob(A), delta(idOfBlob(Buffer.from('b')), 1, 1, insertA)), /base of a delta/],
  ['a delta that claims 2 GiB', pack(2, blob(A), delta(idOfBlob(A), 1, 2 ** 31, insertA)), /1 of 2147483648 bytes/],
  ['a delta that claims 1 PiB', pack(2, blob(A), delta(idOfBlob(A), 1, 2 ** 50, insertA)), /damaged/],
  [
    'more bytes than the header says',
    pack(1, Buffer.concat([entryHeader('blob', 10), deflateSync(Buffer.alloc(1e6))])),
    /damaged/,
  ],
])('a pack that is %s is refused', (_, bytes, message) => {
  expect(() => new ReceivedPack(bytes, () => undefined)).toThrow(message);
});

test('of a long chain of deltas not every content is held', () => {
  const size = 1 << 20;
  const depth = 120;
  let content: Buffer = Buffer.alloc(size);
  const entries: Buffer[] = [blob(content)];
  for (let i = 0; i < depth; i++) {
    const end = Buffer.from([i + 1]);
    // Copies all but the last byte, three bytes of size, and inserts one.
    const commands = Buffer.concat([Buffer.from([0xf0, 0xff, 0xff, 0x0f, 1]), end]);
    entries.push(delta(idOfBlob(content), size, size, commands));
    content = Buffer.concat([content.subarray(0, -1), end]);
  }
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().arrayBuffers;
  let seen = 0;
  let held = 0;
  new ReceivedPack(pack(entries.length, ...entries), () => {
    if (++seen !== entries.length) return;
    collect();
    held = process.memoryUsage().arrayBuffers - before;
  });
  expect(seen).toBe(depth + 1);
  expect(held).toBeLessThan((depth * size) / 2);
});
