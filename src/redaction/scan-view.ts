import { isAscii } from 'node:buffer';

/**
 * What stands in a view for a byte or an escape that is not ASCII: no letter, digit, white space or part of a word. So a token
 * right after a word in another script is found too, which the rules themselves would take for a part of that word.
 */
export const OTHER = '\xa4';

/** UTF-8 of the white space of JavaScript's `\s` that is not ASCII. */
const WHITE_SPACE = /\xc2\xa0|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf/g;

/**
 * The bytes as the rules get to see them: one character for each byte, so that an offset in the view is an offset in the
 * bytes. ASCII stands for itself, white space is blanks, every other byte is `OTHER`. Secrets are ASCII; bytes that are no
 * UTF-8 do no harm.
 */
export function viewOf(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (isAscii(bytes)) return text;
  return text.replace(WHITE_SPACE, (match) => ' '.repeat(match.length)).replace(/[\x80-\xff]/g, OTHER);
}

/** What a UTF-16 code unit is in a view. */
export function viewOfUnit(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  return /\s/.test(String.fromCharCode(code)) ? ' ' : OTHER;
}
