import { backslashesBefore } from './backslashes.ts';
import type { Range } from './range.ts';

/** A string of a JSON text: what is between its quotes. */
export interface JsonString extends Range {
  readonly isKey: boolean;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const WHITE_SPACE: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0d, 0x0a]);

/** The strings of a JSON text, keys too, in order. The text must be valid JSON. */
export function* jsonStrings(view: Buffer): Generator<JsonString> {
  for (let quote = view.indexOf(QUOTE); quote >= 0; ) {
    const start = quote + 1;
    const end = closingQuote(view, start);
    let next = end + 1;
    while (WHITE_SPACE.has(view[next])) next++;
    yield { start, end, isKey: view[next] === COLON };
    quote = view.indexOf(QUOTE, end + 1);
  }
}

function closingQuote(view: Buffer, start: number): number {
  for (let at = view.indexOf(QUOTE, start); at >= 0; at = view.indexOf(QUOTE, at + 1)) {
    if (backslashesBefore(view, at, start) % 2 === 0) return at;
  }
  throw new SyntaxError('a JSON string does not end');
}
