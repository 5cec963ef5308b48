import { canonicalNumber } from './exact.ts';
import { isJson, LONGEST_TEXT, tokenEnd } from './tokens.ts';

/**
 * A JSON value as a Go program has it that decodes into a generic map and encodes that again. All text is latin1, one character per
 * byte. A string, a number or a literal is the text that Go's encoder writes for it; an object has its members by their
 * decoded names, of several with one name the last.
 */
export type GoValue = string | GoValue[] | GoObject;
/** An object of a `GoValue`. */
export type GoObject = Map<string, GoValue>;

/** What `parseGoJson` gives. */
export interface GoDocument {
  readonly root: GoValue;
  /** Numbers that a 64-bit float can't hold, as they are written. Go would write others; here they keep their digits. */
  readonly unheld: readonly string[];
}

/** Go reads nothing that is nested deeper. */
const MAX_DEPTH = 10_000;

/** A string with none of these stands in the output as it is. */
const NOT_PLAIN = /[\\\x80-\xff]/;
/** An escape (a pair of surrogates is one), a character of UTF-8, or a byte that is part of none. */
const SPECIAL = new RegExp(
  [
    String.raw`\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})`,
    String.raw`\\u([0-9a-fA-F]{4})`,
    String.raw`\\(.)`,
    String.raw`[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}`,
    String.raw`\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}`,
    String.raw`[\x80-\xff]`,
  ].join('|'),
  'g',
);
/** U+FFFD, U+2028 and U+2029 in UTF-8. */
const REPLACEMENT = '\xef\xbf\xbd';
const LINE_SEPARATOR = '\xe2\x80\xa8';
const TO_ESCAPE = /["\\\x00-\x1f]|\xe2\x80[\xa8\xa9]/g;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NAMES_OF_ESCAPES = new Map(Object.entries(SHORT_ESCAPES).map(([name, character]) => [character, name]));

/** Reads a document as Go does; `undefined` where it is not JSON, or nested too deep for Go. No recursion: stacks are small. */
export function parseGoJson(content: Buffer): GoDocument | undefined {
  if (content.length > LONGEST_TEXT) return undefined;
  const text = content.toString('latin1');
  return isJson(text) ? parseTokens(text) : undefined;
}

function parseTokens(text: string): GoDocument | undefined {
  const unheld = new Set<string>();
  const root: GoValue[] = [];
  const open: Array<GoValue[] | GoObject> = [root];
  let key: string | undefined;
  const put = (value: GoValue) => {
    const top = open.at(-1) as GoValue[] | GoObject;
    if (Array.isArray(top)) top.push(value);
    else top.set(key as string, value);
    key = undefined;
  };
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = tokenEnd(text, start);
    switch (text.charAt(start)) {
      case ' ':
      case '\n':
      case '\r':
      case '\t':
      case ',':
      case ':':
        break;
      case '{':
      case '[': {
        const container = text.charAt(start) === '{' ? new Map<string, GoValue>() : [];
        put(container);
        if (open.push(container) > MAX_DEPTH + 1) return undefined;
        break;
      }
      case '}':
      case ']':
        open.pop();
        break;
      case '"': {
        const isKey = key === undefined && !Array.isArray(open.at(-1));
        if (isKey) key = decoded(text.slice(start + 1, end - 1));
        else put(goString(text.slice(start, end)));
        break;
      }
      default:
        put(goLiteral(text.slice(start, end), unheld));
    }
  }
  return { root: root[0] as GoValue, unheld: [...unheld] };
}

/**
 * A value as Go's encoder writes it: members sorted by the bytes of their names, two-space indent, a final newline. `undefined`
 * where that is longer than a string can be: deep nesting makes much of little.
 */
export function goJson(root: GoValue): Buffer | undefined {
  const parts: string[] = [];
  let length = 0;
  const push = (...texts: readonly string[]) => {
    for (const text of texts) {
      length += text.length;
      parts.push(text);
    }
  };
  /** What is still to be written of each container that is open; the members of an object have their names. */
  const open: Array<{ readonly close: string; readonly rest: Iterator<readonly [string, GoValue]>; isFirst: boolean }> =
    [];
  const write = (value: GoValue) => {
    if (typeof value === 'string') push(value);
    else if (Array.isArray(value)) enter('[', ']', unnamed(value), value.length);
    else enter('{', '}', sorted(value), value.size);
  };
  const enter = (start: string, close: string, rest: Iterator<readonly [string, GoValue]>, size: number) => {
    push(size === 0 ? start + close : start);
    if (size > 0) open.push({ close, rest, isFirst: true });
  };
  write(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (length > LONGEST_TEXT - MAX_DEPTH) return undefined;
    const { value: next, done } = top.rest.next();
    if (done === true) {
      open.pop();
      push('\n', '  '.repeat(open.length), top.close);
      continue;
    }
    push(top.isFirst ? '\n' : ',\n', '  '.repeat(open.length), next[0]);
    top.isFirst = false;
    write(next[1]);
  }
  push('\n');
  return Buffer.from(parts.join(''), 'latin1');
}

function* unnamed(values: readonly GoValue[]): Generator<readonly [string, GoValue]> {
  for (const value of values) yield ['', value];
}

function* sorted(object: GoObject): Generator<readonly [string, GoValue]> {
  for (const name of [...object.keys()].sort()) yield [`${encoded(name)}: `, object.get(name) as GoValue];
}

/** A string with its quotes, as Go writes it. */
function goString(token: string): string {
  return NOT_PLAIN.test(token) ? encoded(decoded(token.slice(1, -1))) : token;
}

/** The bytes that a string's text means; what is not UTF-8, and half a pair of surrogates, becomes U+FFFD. */
function decoded(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return text.replace(SPECIAL, (match, high?: string, low?: string, unit?: string, short?: string) => {
    if (high !== undefined) return utf8(parse16(high), parse16(low as string));
    if (unit !== undefined) return /^d[89a-f]/i.test(unit) ? REPLACEMENT : utf8(parse16(unit));
    if (short !== undefined) return SHORT_ESCAPES[short] ?? short;
    return match.length === 1 ? REPLACEMENT : match;
  });
}

function parse16(digits: string): number {
  return Number.parseInt(digits, 16);
}

function utf8(...units: number[]): string {
  return Buffer.from(String.fromCharCode(...units), 'utf8').toString('latin1');
}

function encoded(bytes: string): string {
  const escaped = bytes.replace(TO_ESCAPE, (match) => {
    if (match === '"' || match === '\\') return `\\${match}`;
    if (match.length > 1) return match === LINE_SEPARATOR ? '\\u2028' : '\\u2029';
    const name = NAMES_OF_ESCAPES.get(match);
    return name === undefined ? `\\u00${match.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\${name}`;
  });
  return `"${escaped}"`;
}

/** A number, `true`, `false` or `null` as Go writes it. Its form of a float is JavaScript's, but for zeros with a sign. */
function goLiteral(token: string, unheld: Set<string>): string {
  const first = token.charAt(0);
  if (first === 't' || first === 'f' || first === 'n') return token;
  const value = Number(token);
  const written = Object.is(value, -0) ? '-0' : String(value);
  if (written === token) return token;
  const exact = canonicalNumber(token);
  if (exact === canonicalNumber(written)) return written;
  unheld.add(token);
  return token;
}
