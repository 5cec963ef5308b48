import stringWidth from 'string-width';

const ELLIPSIS = '…';
/** What takes one column a character: ASCII, and what this program itself puts between it. */
const PLAIN = /^[\x20-\x7e…·—]*$/;

let graphemes: Intl.Segmenter | undefined;

/** The letters of a text as a reader sees them: what joins the one before it belongs to that one. */
export function* lettersOf(text: string): Generator<string, void, undefined> {
  if (isPlain(text)) return yield* text;
  // The first one takes 10 ms, a sixth of Node's own start: hooks and most commands do without.
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  // One after the other: of a long text only the beginning is asked for.
  for (const { segment } of graphemes.segment(text)) yield segment;
}

/** Whether each character is a letter of one column. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** The columns that a text takes on a terminal: two for what is wide (CJK, emoji), none for what joins the letter before it. */
export function widthOf(text: string): number {
  // Cutting a text into letters takes most of the time of a list of thousands, and nearly all of it is plain ASCII.
  return isPlain(text) ? text.length : stringWidth(text);
}

/** The text, cut off at its end with an ellipsis where it would take more columns. Cuts no letter in two. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const letter of lettersOf(text)) {
    width += widthOf(letter);
    if (width > columns - 1) break;
    kept += letter;
  }
  return columns < 1 ? '' : `${kept.trimEnd()}${ELLIPSIS}`;
}

/** The same, cut off at its beginning: of a path, the end says more. */
export function clipStart(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const letter of [...lettersOf(text)].reverse()) {
    width += widthOf(letter);
    if (width > columns - 1) break;
    kept = letter + kept;
  }
  return columns < 1 ? '' : `${ELLIPSIS}${kept.trimStart()}`;
}

/** The text, filled up with spaces to a number of columns. */
export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}
