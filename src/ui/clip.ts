import stringWidth from 'string-width';

const ELLIPSIS = '…';
/** What takes one column a character. */
const PLAIN = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The columns that a text takes on a terminal: two for what is wide (CJK, emoji), none for what joins the letter before it. */
export function widthOf(text: string): number {
  // Cutting a text into letters takes most of the time of a list of thousands, and nearly all of it is plain ASCII.
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** The text, cut off at its end with an ellipsis where it would take more columns. Cuts no letter in two. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return columns < 1 ? '' : `${kept.trimEnd()}${ELLIPSIS}`;
}

/** The same, cut off at its beginning: of a path, the end says more. */
export function clipStart(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of [...graphemes.segment(text)].reverse()) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept = segment + kept;
  }
  return columns < 1 ? '' : `${ELLIPSIS}${kept.trimStart()}`;
}

/** The text, filled up with spaces to a number of columns. */
export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}
