import { lettersOf, widthOf } from './clip.ts';

/** A line in pieces that are no wider than `width`, broken at spaces where there are some, else behind a slash; what follows is indented. */
export function hangingWrap(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line];
  const lead = /^ */.exec(line)?.[0].length ?? 0;
  const indent = ' '.repeat(Math.min(lead + 2, Math.floor(width / 2)));
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\S)(?=\s)/u)) {
    const isFirst = current === '' && lines.length === 0;
    const piece = current === '' && !isFirst ? `${indent}${word.trimStart()}` : word;
    if (widthOf(current + piece) <= width) {
      current += piece;
      continue;
    }
    if (current.trim() !== '') lines.push(current);
    const pieces = cut(current.trim() === '' ? piece : `${indent}${word.trimStart()}`, width, indent);
    lines.push(...pieces.slice(0, -1));
    current = pieces.at(-1) ?? '';
  }
  return current.trim() === '' ? lines : [...lines, current];
}

/** Cuts a text without spaces: behind the last slash of a path that fits, else anywhere. */
function cut(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let current = '';
  for (const letter of lettersOf(text)) {
    if (widthOf(current + letter) > width) {
      const end = current.lastIndexOf('/') + 1 || current.length;
      lines.push(current.slice(0, end));
      current = indent + current.slice(end);
    }
    current += letter;
  }
  return [...lines, current];
}
