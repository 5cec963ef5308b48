import { isPlain, lettersOf, widthOf } from './clip.ts';

/** The lines that a text takes in so many columns: broken between words where a line has some, else behind a slash, else anywhere. Tabs become spaces. */
export function wrap(text: string, columns: number): string[] {
  const width = Math.max(1, columns);
  return text.split('\n').flatMap((line) => wrapLine(line.replaceAll('\t', '  '), width));
}

function wrapLine(line: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = line;
  for (let fits = fitting(rest, columns); fits < rest.length; fits = fitting(rest, columns)) {
    const space = rest.charAt(fits) === ' ' ? fits : rest.lastIndexOf(' ', fits - 1);
    const isIndent = rest.slice(0, Math.max(0, space)).trim() === '';
    const slash = rest.lastIndexOf('/', fits - 1) + 1;
    const end = space > columns / 3 && !isIndent ? space : slash > columns / 3 ? slash : fits;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).replace(/^ /, '');
  }
  return [...lines, rest];
}

/** How many characters of the text fit: at least one letter, where it has one. */
function fitting(text: string, columns: number): number {
  if (isPlain(text.slice(0, columns + 1))) return Math.min(columns, text.length);
  // Only the beginning is cut into letters: to begin with a text takes time in proportion to all of it.
  for (let size = 4 * (columns + 1); ; size *= 2) {
    const fits = fittingLetters(text.slice(0, size), columns);
    if (fits.next < size || size >= text.length) return fits.end;
  }
}

/** Where the letters end that fit, and the one after them: at the end of a beginning it may be half a letter. */
function fittingLetters(text: string, columns: number): { end: number; next: number } {
  let width = 0;
  let end = 0;
  for (const letter of lettersOf(text)) {
    width += widthOf(letter);
    if (width > columns && end > 0) return { end, next: end + letter.length };
    end += letter.length;
  }
  return { end, next: text.length };
}
