import type { Range } from './range.ts';

/** Shorter runs are words, names and hashes. */
const SHORTEST = 24;
/** So much of a run is decoded to see whether it says something. */
const HEAD = 20;
/** A line is followed in such parts. */
const PART = 1 << 10;
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

/** A line end, also as a JSON escape, and what listings put before the next line: blanks, a number. */
const GAP = /^(?:\r?\n|(?:\\+r)?\\+n)[ \t]{0,16}(?:\d{1,6}(?:\xe2\x86\x92|\t|\\+t))?/;
const LONGEST_GAP = 64;
/** The shortest line that goes on in the next one; MIME has 76 characters, PEM 64. */
const SHORTEST_LINE = 40;

/** Base64 that stands together, in one line or in lines of one length. */
export interface Base64Run extends Range {
  /** The characters of each line but the last, which may have less; all where there is one. */
  readonly line: number;
  /** What stands between two lines, in characters. */
  readonly gap: number;
}

/** A text or bytes. */
interface Source {
  readonly length: number;
  slice(start: number, end: number): { toString(encoding: 'latin1'): string };
}

/**
 * Runs of base64 that say text; images, signatures and hashes do not. A run begins where its first character would, up to three
 * characters behind the first that could belong to it: an `n` of `\n` may stand before it.
 */
export function base64Runs(text: string): Iterable<Base64Run> {
  return base64RunsIn(text, { whole: text, base: 0, from: 0, to: text.length });
}

/** A text is a part of `whole`, where it begins at `base`. Runs are wanted that begin between `from` and `to` of the whole. */
interface Part {
  readonly whole: Source;
  readonly base: number;
  readonly from: number;
  readonly to: number;
}

/** As `base64Runs`; a run may go on behind the text. */
export function* base64RunsIn(text: string, { whole, base, from, to }: Part): Generator<Base64Run> {
  for (let probe = SHORTEST - 1; probe < text.length; probe += SHORTEST) {
    if (!isBase64(text, probe)) continue;
    let start = probe;
    while (start > 0 && isBase64(text, start - 1)) start--;
    let end = probe + 1;
    while (end < text.length && isBase64(text, end)) end++;
    probe = Math.max(probe, end);
    if (end - start < SHORTEST) continue;
    if (base + end <= from) continue;
    const shift = shiftOf(text, start);
    if (shift === undefined || base + start + shift < from) continue;
    if (base + start + shift >= to) return;
    const run = runFrom(whole, base + start + shift, base + end);
    yield run;
    probe = Math.max(probe, run.end - base);
  }
}

/** The run whose first line is known up to `at`. */
function runFrom(whole: Source, start: number, at: number): Base64Run {
  let end = endOfLine(whole, at, whole.length);
  const line = end - start;
  let gap = line < SHORTEST_LINE ? 0 : gapAt(whole, end);
  if (gap === 0) return { start, end, line, gap };
  for (let next = gap; next === gap; next = gapAt(whole, end)) {
    const from = end + gap;
    const to = endOfLine(whole, from, from + line + 1);
    if (to - from > line || to === from) break;
    end = to;
    if (to - from < line) break;
  }
  if (end === start + line) gap = 0;
  return { start, end, line, gap };
}

function gapAt(whole: Source, at: number): number {
  return GAP.exec(latin1(whole, at, at + LONGEST_GAP))?.[0].length ?? 0;
}

/** Where the base64 that goes on at this place ends, at the latest at `limit`. */
function endOfLine(whole: Source, at: number, limit: number): number {
  for (let from = at; ; from += PART) {
    const part = latin1(whole, from, Math.min(from + PART, limit));
    let length = 0;
    while (length < part.length && isBase64(part, length)) length++;
    if (length < PART) return from + length;
  }
}

function latin1(source: Source, start: number, end: number): string {
  return source.slice(start, end).toString('latin1');
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
