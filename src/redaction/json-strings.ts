import type { Range } from './range.ts';

/** A string of a JSON text: what is between its quotes. */
export interface JsonString extends Range {
  readonly isKey: boolean;
}

const QUOTE = '"';
const BACKSLASH = 0x5c;
const COLON = /[ \t\r\n]*:/y;

/** The strings of a JSON text, keys too, in order. The text must be valid JSON. */
export function* jsonStrings(view: string): Generator<JsonString> {
  for (let quote = view.indexOf(QUOTE); quote >= 0; ) {
    const start = quote + 1;
    const end = closingQuote(view, start);
    COLON.lastIndex = end + 1;
    yield { start, end, isKey: COLON.test(view) };
    quote = view.indexOf(QUOTE, end + 1);
  }
}

function closingQuote(view: string, start: number): number {
  for (let at = view.indexOf(QUOTE, start); at >= 0; at = view.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (at - backslashes > start && view.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  throw new SyntaxError('a JSON string does not end');
}
