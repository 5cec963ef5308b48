import type { Range } from './range.ts';

/** A string of a JSON text: what is between its quotes. */
export interface JsonString extends Range {
  readonly isKey: boolean;
  /** It is itself the value of the key before it, not something inside that value. */
  readonly isNamed: boolean;
}

const QUOTE = '"';
const BACKSLASH = 0x5c;
const AFTER_STRING = /[ \t\r\n]*(?:(:)[ \t\r\n]*("?))?/y;

/** Whether a view is one JSON document that has strings, or may have; a bare number is not worth the name here. */
export function isJsonDocument(view: string): boolean {
  if (!/^[ \t\r\n]*[{["]/.test(view)) return false;
  try {
    JSON.parse(view);
    return true;
  } catch {
    return false;
  }
}

/** The strings of a JSON text, keys too, in order. The text must be valid JSON. */
export function* jsonStrings(view: string): Generator<JsonString> {
  let isNamed = false;
  for (let quote = view.indexOf(QUOTE); quote >= 0; ) {
    const start = quote + 1;
    const end = closingQuote(view, start);
    AFTER_STRING.lastIndex = end + 1;
    const [, colon, valueQuote] = AFTER_STRING.exec(view) ?? [];
    yield { start, end, isKey: colon === ':', isNamed };
    isNamed = valueQuote === QUOTE;
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
