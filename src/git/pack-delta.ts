import { commonPrefix, commonSuffix } from './common-ends.ts';

/** The longest run that one copy instruction can name (three length bytes). */
const MAX_COPY = 0xff_ffff;
/** The longest run that one insert instruction can carry. */
const MAX_INSERT = 0x7f;

/**
 * A git delta (gitformat-pack) that makes `target` out of `base`: their common beginning and end are copied, what is between is
 * inserted. That fits a tree in which one entry changed, and it takes one pass. `undefined` where the delta would not be
 * smaller than half of `target`: then compressing the target itself is as good.
 */
export function copyInsertDelta(base: Buffer, target: Buffer): Buffer | undefined {
  const prefix = commonPrefix(base, target);
  const suffix = commonSuffix(base, target, prefix);
  const inserted = target.length - prefix - suffix;
  if (inserted * 2 >= target.length) return undefined;

  // Two sizes (5 bytes cover 32 GiB), eight bytes a copy, one byte an insert.
  const room = 10 + 8 * (2 + Math.ceil(target.length / MAX_COPY)) + inserted + Math.ceil(inserted / MAX_INSERT);
  const out = Buffer.allocUnsafe(room);
  let at = writeSize(out, 0, base.length);
  at = writeSize(out, at, target.length);
  at = writeCopy(out, at, 0, prefix);
  at = writeInsert(out, at, target, prefix, inserted);
  at = writeCopy(out, at, base.length - suffix, suffix);
  return at * 2 < target.length ? out.subarray(0, at) : undefined;
}

/** A size in groups of seven bits, the lowest first; the top bit says that more follow. */
function writeSize(out: Buffer, at: number, size: number): number {
  let rest = size;
  let end = at;
  while (rest >= 0x80) {
    out[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  out[end++] = rest;
  return end;
}

/** Copy instructions: a byte whose bits say which of four offset and three length bytes follow, then those that are not zero. */
function writeCopy(out: Buffer, start: number, from: number, length: number): number {
  let at = start;
  for (let done = 0; done < length; ) {
    const run = Math.min(MAX_COPY, length - done);
    const command = at++;
    let bits = 0x80;
    for (let byte = 0; byte < 4; byte++) {
      const value = ((from + done) >>> (8 * byte)) & 0xff;
      if (value === 0) continue;
      out[at++] = value;
      bits |= 1 << byte;
    }
    for (let byte = 0; byte < 3; byte++) {
      const value = (run >>> (8 * byte)) & 0xff;
      if (value === 0) continue;
      out[at++] = value;
      bits |= 0x10 << byte;
    }
    out[command] = bits;
    done += run;
  }
  return at;
}

function writeInsert(out: Buffer, start: number, target: Buffer, from: number, length: number): number {
  let at = start;
  for (let done = 0; done < length; ) {
    const run = Math.min(MAX_INSERT, length - done);
    out[at++] = run;
    at += target.copy(out, at, from + done, from + done + run);
    done += run;
  }
  return at;
}
