/** A text that is longer than a string can be is not looked into (V8: 2^29 - 24 characters). */
export const LONGEST_TEXT = 0x1fff_ffe8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/** Characters that end a number, `true`, `false` or `null`. */
const DELIMITERS = new Set(Array.from(' \n\r\t,:{}[]"', (character) => character.charCodeAt(0)));

/**
 * Where the token ends that starts at this place of a text which is known to be JSON: a string, a number, a literal, or one
 * character, white space included. Ten times as fast as a scanner that also decodes what it finds.
 */
export function tokenEnd(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return stringEnd(text, start);
  let end = start + 1;
  if (DELIMITERS.has(first)) return end;
  while (end < text.length && !DELIMITERS.has(text.charCodeAt(end))) end++;
  return end;
}

/** Where the string ends that starts with the quote at this place: behind its other quote, or at the end of the text. */
export function stringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (before > start && text.charCodeAt(before) === BACKSLASH) before--;
    // An even number of backslashes escape each other, and not the quote.
    if ((at - before) % 2 === 1) return at + 1;
  }
  return text.length;
}

/** The first place from here on that holds something else than JSON's white space. */
export function skipBlank(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** True for the code of a space, a tab, a line feed or a carriage return, the white space that JSON knows. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/**
 * The most values of a document that are parsed: a list of a million files has been seen. Parsed, each takes a hundred bytes, so that a hundred
 * megabytes of `[],` would take more memory than there is.
 */
const MOST_VALUES = 2_000_000;

/** Why a document of more values is not parsed, in words that follow "it". */
export const TOO_MANY_VALUES = 'has more than two million values';

/** True for a text with so many commas and brackets that it is not parsed, those in strings included. */
export function hasTooManyValues(text: string): boolean {
  if (text.length < 2 * MOST_VALUES) return false;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code === COMMA || code === BRACKET || code === BRACE) && ++values > MOST_VALUES) return true;
  }
  return false;
}

/** Parses a document. Throws a `SyntaxError` where it is not JSON, or has too many values. Lines of transcripts have no such bound. */
export function parseJsonDocument(text: string): unknown {
  if (hasTooManyValues(text)) throw new SyntaxError(`it ${TOO_MANY_VALUES}, and is not parsed`);
  return JSON.parse(text);
}

/** True for a document that is one JSON value, of no more values than are parsed. */
export function isJson(text: string): boolean {
  try {
    parseJsonDocument(text);
    return true;
  } catch {
    return false;
  }
}
