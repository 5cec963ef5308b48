import { lettersOf, widthOf } from './clip.ts';

const ASCII = /^[\x20-\x7e]*$/;

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
  const beginning = text.slice(0, columns + 1);
  if (ASCII.test(beginning)) return Math.min(columns, text.length);
  let width = 0;
  let end = 0;
  for (const letter of lettersOf(text)) {
    width += widthOf(letter);
    if (width > columns && end > 0) break;
    end += letter.length;
  }
  return end;
}
