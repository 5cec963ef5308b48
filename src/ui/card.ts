import stringWidth from 'string-width';
import type { ColorLevel } from './terminal.ts';

/** A result as it is shown on a terminal. */
export interface CardOptions {
  /** The command, for example `ckpt migrate`. */
  readonly title: string;
  /** Whether what was asked for was done, and all is well. */
  readonly isOk: boolean;
  /** The columns of the terminal. */
  readonly columns: number;
  readonly color: ColorLevel;
  /** Whether the terminal shows more than ASCII. */
  readonly symbols: boolean;
}

/** The corners and edges of a frame, and the marks of its title. */
const LINES = { corners: '╭╮╰╯', across: '─', down: '│', ok: '✓', bad: '✗' };
const ASCII_LINES = { corners: '++++', across: '-', down: '|', ok: 'ok', bad: 'not ok' };
/** The edges, and a space beside each. */
const EDGES = 4;
/** Below this there is no room for a frame. */
const NARROWEST = 30;

/** The text of a result in a frame with a title; long lines are broken, indented as they were. Ends with a line feed. */
export function card(text: string, { title, isOk, columns, color, symbols }: CardOptions): string {
  const { corners, across, down, ok, bad } = symbols ? LINES : ASCII_LINES;
  const source = text.trimEnd().split('\n');
  if (columns < NARROWEST) return `${source.flatMap((line) => wrap(line, columns - 1)).join('\n')}\n`;
  const heading = ` ${isOk ? ok : bad} ${title} `;
  const room = columns - EDGES - 1;
  const width = Math.min(room, Math.max(stringWidth(heading), ...source.map((line) => stringWidth(line))));
  const edge = paintWith(color, isOk ? 32 : 31);
  const top = `${corners[0]}${across}${heading}${across.repeat(width + 1 - stringWidth(heading))}${corners[1]}`;
  const body = source
    .flatMap((line) => wrap(line, width))
    .map((line) => `${edge(down)} ${line}${' '.repeat(width - stringWidth(line))} ${edge(down)}`);
  const bottom = `${corners[2]}${across.repeat(width + 2)}${corners[3]}`;
  return `${[edge(top), ...body, edge(bottom)].join('\n')}\n`;
}

/** A line in pieces that are no wider than `width`, broken at spaces where there are some. */
export function wrap(line: string, width: number): string[] {
  if (stringWidth(line) <= width) return [line];
  const lead = /^ */.exec(line)?.[0].length ?? 0;
  const indent = ' '.repeat(Math.min(lead + 2, Math.floor(width / 2)));
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\S)(?=\s)/u)) {
    const isFirst = current === '' && lines.length === 0;
    const piece = current === '' && !isFirst ? `${indent}${word.trimStart()}` : word;
    if (stringWidth(current + piece) <= width) {
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

/** Cuts a text that has no place to break it. */
function cut(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let current = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(current + segment) > width) {
      lines.push(current);
      current = indent;
    }
    current += segment;
  }
  return [...lines, current];
}

function paintWith(level: ColorLevel, code: number): (text: string) => string {
  return level === 0 ? (text) => text : (text) => `\x1b[${code}m${text}\x1b[39m`;
}
