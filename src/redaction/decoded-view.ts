import type { Range } from './range.ts';
import { viewOfUnit } from './scan-view.ts';

/** A text with some encoding taken off, and where each of its characters comes from. */
export interface DecodedView {
  readonly text: string;
  /** Where in the source a range of `text` lies: an escape belongs to it wholly or not at all. */
  toSource(range: Range): Range;
}

/** What JSON calls an escape (RFC 8259, section 7), and `\'` of other languages. A backslash before anything else is left as it is. */
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(["'\\/bfnrt]))/g;
const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** ESC as it is, as terminals show it, and as it is spelled in programs. */
const ESC = String.raw`(?:\x1b|\\x1[bB]|\\u001[bB]|\\033|\\e)`;
/** Control sequences of terminals (ECMA-48, section 5.4), and the percent sign with two digits of URLs, also of URLs in URLs (`%253D`). */
const SEQUENCE = new RegExp(`${ESC}\\[[0-9;:?]{0,20}[@-~]|${ESC}\\([AB0]|%(?:25)*([2-7][0-9a-fA-F])`, 'g');

/** A multiple of four. */
const BASE64_PART = 1 << 16;

/** A view with one layer of JSON escapes resolved; undefined where there are none. */
export function unescaped(source: string): DecodedView | undefined {
  return replaced(source, ESCAPE, ([, hex, short]) =>
    hex === undefined ? (SHORT[short as string] ?? (short as string)) : viewOfUnit(Number.parseInt(hex, 16)),
  );
}

/** A view without the control sequences of terminals and with URL escapes resolved; undefined where there are none. */
export function plain(source: string): DecodedView | undefined {
  return replaced(source, SEQUENCE, ([, hex]) =>
    hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** A view of what base64 of either alphabet says, from the offset `start` of a text up to `end`, which need not be whole. */
export function fromBase64(source: string, start: number, end: number): DecodedView {
  const text = Buffer.from(source.slice(start, end), 'base64').toString('latin1');
  return { text, toSource: sourceOfBase64(start, end) };
}

/** Where in base64 between two offsets that lies which a range of the decoded bytes was made of. */
export function sourceOfBase64(start: number, end: number): DecodedView['toSource'] {
  return (range) => ({
    start: start + Math.floor(range.start / 3) * 4,
    end: Math.min(start + Math.ceil(range.end / 3) * 4, end),
  });
}

/** What base64 between two offsets says. It may be long: only a part of it is a text at a time. */
export function bytesOfBase64(source: Buffer, start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.ceil(((end - start) * 3) / 4));
  let length = 0;
  for (let at = start; at < end; at += BASE64_PART) {
    length += bytes.write(source.toString('latin1', at, Math.min(at + BASE64_PART, end)), length, 'base64');
  }
  return bytes.subarray(0, length);
}

function replaced(
  source: string,
  pattern: RegExp,
  replacement: (match: RegExpExecArray) => string,
): DecodedView | undefined {
  pattern.lastIndex = 0;
  let match = pattern.exec(source);
  if (match === null) return undefined;
  const parts: string[] = [];
  // For each character of the view: where what it was made of begins and ends. Views are of windows, so these are small.
  const starts = new Int32Array(source.length);
  const ends = new Int32Array(source.length);
  let length = 0;
  const put = (text: string, from: number, to: number): void => {
    parts.push(text);
    for (let index = 0; index < text.length; index++) {
      const isOne = to - from === text.length;
      starts[length] = isOne ? from + index : from;
      ends[length++] = isOne ? from + index + 1 : to;
    }
  };
  let at = 0;
  for (; match !== null; match = pattern.exec(source)) {
    put(source.slice(at, match.index), at, match.index);
    at = match.index + match[0].length;
    put(replacement(match), match.index, at);
  }
  put(source.slice(at), at, source.length);
  return {
    text: parts.join(''),
    toSource: ({ start, end }) => ({ start: starts[start] as number, end: ends[end - 1] as number }),
  };
}
