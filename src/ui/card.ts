import { widthOf } from './clip.ts';
import { hangingWrap } from './hanging-wrap.ts';
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
  if (columns < NARROWEST) return `${source.flatMap((line) => hangingWrap(line, columns - 1)).join('\n')}\n`;
  const heading = ` ${isOk ? ok : bad} ${title} `;
  const room = columns - EDGES - 1;
  const width = Math.min(room, Math.max(widthOf(heading), ...source.map((line) => widthOf(line))));
  const edge = paintWith(color, isOk ? 32 : 31);
  const top = `${corners[0]}${across}${heading}${across.repeat(width + 1 - widthOf(heading))}${corners[1]}`;
  const body = source
    .flatMap((line) => hangingWrap(line, width))
    .map((line) => `${edge(down)} ${line}${' '.repeat(width - widthOf(line))} ${edge(down)}`);
  const bottom = `${corners[2]}${across.repeat(width + 2)}${corners[3]}`;
  return `${[edge(top), ...body, edge(bottom)].join('\n')}\n`;
}

function paintWith(level: ColorLevel, code: number): (text: string) => string {
  return level === 0 ? (text) => text : (text) => `\x1b[${code}m${text}\x1b[39m`;
}
