/**
 * Characters that a terminal or a reader's eye takes as something else than text: control characters (C0, DEL, C1, and
 * with them every escape sequence), line and paragraph separators, marks and overrides of the writing direction, tag
 * characters, and halves of surrogate pairs. Line feed and tab are among them: see `sanitizeBlock`.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** What `JSON.stringify` leaves as it is and a terminal may still obey: the same set beyond ASCII, and DEL. */
const UNSAFE_IN_JSON =
  /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/**
 * Text from a repository, made fit for one line of a terminal: each unsafe character becomes a visible escape (`\x1b`,
 * `\u202e`, `\n`). Anything that a checkpoint, a ref name or an error message holds goes through here before it is printed.
 */
export function sanitize(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** The same for text of several lines: line feeds and tabs stay what they are. */
export function sanitizeBlock(text: string): string {
  return text.replace(UNSAFE, (character) =>
    character === '\n' || character === '\t' ? character : escapeCharacter(character),
  );
}

/** UTF-8 that comes in pieces, as `sanitizeBlock` makes it fit for a terminal. */
export async function* sanitizedBytes(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  const decoder = new TextDecoder();
  for await (const piece of pieces) yield Buffer.from(sanitizeBlock(decoder.decode(piece, { stream: true })));
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(sanitizeBlock(rest));
}

/** Whether a text has a character that is not to be printed as it is. */
export function isUnsafe(text: string): boolean {
  return text.search(UNSAFE) >= 0;
}

/** A value as JSON, indented by `indent` spaces (0: one line), that neither a terminal nor a CI service obeys, whatever its strings hold. Parses back to the same value. */
export function stringifyJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent)
    .replace(/##(?=\[|vso\[)/g, '\\u0023#')
    .replace(UNSAFE_IN_JSON, (character) =>
      [...Array(character.length).keys()].map((at) => unicodeEscape(character.charCodeAt(at))).join(''),
    );
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : unicodeEscape(code);
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
