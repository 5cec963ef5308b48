/**
 * What stands for a character that is not ASCII: no letter, digit, white space or part of a word. So a token right after a word in
 * another script is found too, which the rules themselves would take for a part of that word.
 */
const OTHER = '\xa4';

/**
 * The bytes as the rules get to see them: one character for each byte, so that an offset in the text is an offset in the
 * bytes. Secrets are ASCII; what is not is not a part of a word, whatever its encoding.
 */
export function viewOf(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** What a UTF-16 code unit is in a view. */
export function viewOfUnit(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  return /\s/.test(String.fromCharCode(code)) ? ' ' : OTHER;
}
