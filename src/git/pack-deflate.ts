import { randomInt } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/**
 * Below this many bytes a payload is kept as it is, inside a "stored" zlib block. Measured on Node 20: `deflateSync` costs
 * 20–35 µs for a commit or a summary, a stored block 1–2 µs, and compressed they take two thirds of the room. A migration writes
 * thousands of them, all together a hundredth of what the transcripts take; `git repack -F` compresses them.
 */
const STORED_BELOW = 4_096;

/** Trees are stored as they are up to what one stored block can hold: mostly raw object ids, which don't shrink. */
const TREE_STORED_BELOW = 65_536;

/**
 * A small window and hash table for small payloads: the default allocates (and clears) 256 KiB a call. Measured per call for
 * 300 bytes: 13 µs against 16–22 µs; for 8 KB 65 µs against 85 µs, 2 % larger.
 */
const SMALL = { level: 6, memLevel: 4, windowBits: 12 } as const;
const SMALL_BELOW = 16_384;
/**
 * The output buffer is made for the payload's own size and these bytes: zlib's default of 16 KiB a call, most of it thrown away at once,
 * takes longer than compressing a commit.
 */
const SPARE = 64;

/** The most bytes whose Adler-32 sums can't overflow 32 bits before they are reduced. */
const ADLER_RUN = 5_552;
const ADLER_BASE = 65_521;

/** The zlib stream of a payload, in the form that costs least for its size and kind. */
export function deflatePayload(payload: Uint8Array, isTree = false): Buffer {
  if (payload.length < (isTree ? TREE_STORED_BELOW : STORED_BELOW)) return stored(payload);
  if (payload.length >= SMALL_BELOW) return deflateSync(payload);
  return deflateSync(payload, { ...SMALL, chunkSize: payload.length + SPARE });
}

/**
 * Two ways to write nothing, as zlib does where it is asked to flush: an empty stored block, and an empty block of fixed codes before one.
 * Both end at a byte (RFC 1951, sections 3.2.3 to 3.2.6).
 */
const NOTHING = [Buffer.from('000000ffff', 'hex'), Buffer.from('02000000ffff', 'hex')] as const;
/** Bits by which two streams of the same payload differ. */
const UNLIKE_BITS = 32;

/** A zlib stream of the same payload that nobody else makes: what follows its header of two bytes begins with a random row of empty blocks. */
export function unlikeOthers(stream: Buffer): Buffer {
  const row = Array.from({ length: UNLIKE_BITS }, () => NOTHING[randomInt(2)] as Buffer);
  return Buffer.concat([stream.subarray(0, 2), ...row, stream.subarray(2)]);
}

/** A zlib stream of one stored block (RFC 1950, RFC 1951 section 3.2.4). */
function stored(payload: Uint8Array): Buffer {
  const { length } = payload;
  const out = Buffer.allocUnsafe(length + 11);
  out.writeUInt16BE(0x7801, 0); // deflate with a 32 KiB window, no dictionary
  out[2] = 1; // the last block, stored
  out.writeUInt16LE(length, 3);
  out.writeUInt16LE(~length & 0xffff, 5);
  out.set(payload, 7);
  out.writeUInt32BE(adler32(payload), length + 7);
  return out;
}

function adler32(payload: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let at = 0; at < payload.length; ) {
    const end = Math.min(at + ADLER_RUN, payload.length);
    for (; at < end; at++) {
      a += payload[at] as number;
      b += a;
    }
    a %= ADLER_BASE;
    b %= ADLER_BASE;
  }
  return (b * 65_536 + a) >>> 0;
}
