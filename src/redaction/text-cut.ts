import type { Range } from './range.ts';
import { viewOf } from './scan-view.ts';

/** A secret in a text that spans lines is no longer than this behind its first line, apart from private keys. */
const LOOK_AHEAD = 4096;
/** The longest private key that is waited for. */
const LONGEST_KEY = 1 << 16;
const BEGIN = /-----BEGIN [A-Z0-9 ]{0,80}PRIVATE KEY/;
const END = '-----END ';
const LINE_FEED = 0x0a;

/**
 * Where a text that goes on can be cut so that no secret lies on both sides: at the beginning of a line, far enough from
 * the end, neither in one of the `secrets` that were found in its tail nor in a private key whose end may still come. 0
 * where there is no such place.
 */
export function textCut(bytes: Buffer, secrets: readonly Range[]): number {
  let cut = lineStart(bytes, bytes.length - LOOK_AHEAD);
  const openKey = firstOpenKey(bytes);
  if (openKey !== undefined) cut = Math.min(cut, lineStart(bytes, openKey));
  // From the last to the first: going back because of one may lead into another.
  for (const { start, end } of secrets.toReversed()) {
    if (start < cut && cut < end) cut = lineStart(bytes, start);
  }
  return cut;
}

/** The first private key near the end that has no end. */
function firstOpenKey(bytes: Buffer): number | undefined {
  const from = Math.max(bytes.lastIndexOf(END) + 1, bytes.length - LONGEST_KEY);
  const index = viewOf(bytes.subarray(from)).search(BEGIN);
  return index < 0 ? undefined : from + index;
}

/** The beginning of the line that an offset lies in. */
function lineStart(bytes: Buffer, offset: number): number {
  return offset <= 0 ? 0 : bytes.lastIndexOf(LINE_FEED, offset - 1) + 1;
}
