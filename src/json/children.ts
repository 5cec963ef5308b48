import { skipBlank, stringEnd, tokenEnd } from './tokens.ts';

/** A member of an object or an element of a list, as offsets in a text. */
export interface Child {
  /** The member's name; `undefined` for an element of a list. */
  readonly name: string | undefined;
  /** Where the member begins, with the quote of its name, or the element. */
  readonly start: number;
  /** Where the value begins. */
  readonly value: number;
  /** Behind the value. */
  readonly end: number;
}

/**
 * What lies in the object or list that begins at this place, in the order of the text and with every member of a name that is
 * there twice; nothing for a value that is neither. The text must be JSON, one character a byte (latin1), so that offsets in it
 * are offsets in the content. What lies deeper is passed over without recursion: no depth is too deep.
 */
export function children(text: string, container: number): Child[] {
  const isObject = text[container] === '{';
  if (!isObject && text[container] !== '[') return [];
  const found: Child[] = [];
  const close = isObject ? '}' : ']';
  let at = skipBlank(text, container + 1);
  while (at < text.length && text[at] !== close) {
    const start = at;
    let name: string | undefined;
    if (isObject) {
      const nameEnd = stringEnd(text, start);
      name = decodeString(text.slice(start, nameEnd));
      at = skipBlank(text, skipBlank(text, nameEnd) + 1); // past the colon
    }
    const end = valueEnd(text, at);
    found.push({ name, start, value: at, end });
    at = skipBlank(text, end);
    if (text[at] === ',') at = skipBlank(text, at + 1);
  }
  return found;
}

/** Where the value ends that begins at this place of a text which is known to be JSON. */
function valueEnd(text: string, start: number): number {
  if (text[start] !== '{' && text[start] !== '[') return tokenEnd(text, start);
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const character = text[at];
    if (character === '"') {
      at = stringEnd(text, at);
      continue;
    }
    at += 1;
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

/** What a string of such a text means, from quote to quote. */
function decodeString(raw: string): string {
  if (/^"[\x20\x21\x23-\x5b\x5d-\x7f]*"$/.test(raw)) return raw.slice(1, -1);
  return JSON.parse(Buffer.from(raw, 'latin1').toString('utf8')) as string;
}
