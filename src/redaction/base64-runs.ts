import type { Range } from './range.ts';

/** Shorter runs are words, names and hashes. */
const SHORTEST = 24;
/** So much of a run is decoded to see whether it says something. */
const HEAD = 20;
const CODES = Uint8Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)) ? 1 : 0,
);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** What each character counts, in either alphabet. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  return character === '+' || character === '-'
    ? 62
    : character === '/' || character === '_'
      ? 63
      : ALPHABET.indexOf(character);
});
const TEXT = Uint8Array.from({ length: 256 }, (_, code) =>
  code === 9 || code === 10 || code === 13 || (code >= 32 && code < 127) ? 1 : 0,
);

/**
 * Runs of base64 that say text; images, signatures and hashes do not. A run begins where its first character would, up to three
 * characters behind the first that could belong to it: an `n` of `\n` may stand before it.
 */
export function* base64Runs(text: string): Generator<Range> {
  for (let probe = SHORTEST - 1; probe < text.length; probe += SHORTEST) {
    if (!isBase64(text, probe)) continue;
    let start = probe;
    while (start > 0 && isBase64(text, start - 1)) start--;
    let end = probe + 1;
    while (end < text.length && isBase64(text, end)) end++;
    probe = Math.max(probe, end);
    if (end - start < SHORTEST) continue;
    const shift = shiftOf(text, start);
    if (shift !== undefined) yield { start: start + shift, end };
  }
}

/** Where a run that goes on at this place of some bytes ends. */
export function endOfBase64(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && CODES[bytes[end] as number] === 1) end++;
  return end;
}

function isBase64(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 256 && CODES[code] === 1;
}

/** By how many characters a run must be cut at its head so that it says text; undefined where it never does. */
function shiftOf(text: string, start: number): number | undefined {
  for (let shift = 0; shift < 4; shift++) {
    if (saysText(text, start + shift)) return shift;
  }
  return undefined;
}

function saysText(text: string, start: number): boolean {
  for (let at = start; at < start + HEAD; at += 4) {
    const bits =
      (digit(text, at) << 18) | (digit(text, at + 1) << 12) | (digit(text, at + 2) << 6) | digit(text, at + 3);
    if (TEXT[bits >>> 16] !== 1 || TEXT[(bits >>> 8) & 0xff] !== 1 || TEXT[bits & 0xff] !== 1) return false;
  }
  return true;
}

function digit(text: string, at: number): number {
  return DIGITS[text.charCodeAt(at)] as number;
}
