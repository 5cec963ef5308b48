import type { Base64Run } from './base64-runs.ts';
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

/** So many characters are decoded at a time, at least. */
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

/** What a run of base64 of either alphabet says, and where in the source of the run a range of that lies. */
export function fromBase64(
  source: string | Buffer,
  run: Base64Run,
): { readonly bytes: Buffer; readonly toSource: DecodedView['toSource'] } {
  const { start, end, line, gap } = run;
  const bytes = Buffer.allocUnsafe(Math.ceil(((end - start) * 3) / 4));
  let length = 0;
  let rest = '';
  for (let at = start; at < end; at += line + gap) {
    const lineEnd = Math.min(at + line, end);
    for (let from = at; from < lineEnd; from += BASE64_PART) {
      rest += source.slice(from, Math.min(from + BASE64_PART, lineEnd)).toString('latin1');
      if (rest.length < BASE64_PART) continue;
      const whole = rest.length - (rest.length % 4);
      length += bytes.write(rest.slice(0, whole), length, 'base64');
      rest = rest.slice(whole);
    }
  }
  length += bytes.write(rest, length, 'base64');
  const placeOf = (character: number): number => start + character + Math.floor(character / line) * gap;
  return {
    bytes: bytes.subarray(0, length),
    toSource: (range) => ({
      start: placeOf(Math.floor(range.start / 3) * 4),
      end: Math.min(placeOf(Math.ceil(range.end / 3) * 4 - 1) + 1, end),
    }),
  };
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
