import { widthOf } from '../clip.ts';
import type { Line } from '../transcript/line.ts';
import { wrap } from '../wrap.ts';

/** A piece of a document: lines, and a heading above them where one is needed. A piece without either takes no row. */
export interface TextPiece {
  readonly heading?: string | undefined;
  readonly lines: readonly Line[];
  /** What is shown instead of `lines` until somebody opens the piece. */
  readonly folded?: readonly Line[] | undefined;
  /** Bookkeeping of a transcript: what it is called there. */
  readonly hidden?: string | undefined;
  /** True where it only says why there is nothing else: no entry of a transcript. */
  readonly isError?: boolean;
}

/** Where the screen begins: a piece, counted from the document's beginning, and a row of it at the current width. */
export interface Position {
  readonly piece: number;
  readonly row: number;
}

/** The pieces of a document that are in memory: all of them, or a part of a longer one. */
export interface Window {
  /** The number of the first piece here. */
  readonly first: number;
  readonly pieces: readonly TextPiece[];
}

/** The rows of a piece in so many columns: its heading, its lines, which are indented where there is a heading. */
export function rowsOf({ heading, lines }: TextPiece, columns: number): Line[] {
  if (heading === undefined)
    return lines.flatMap(({ text, look }) => hanging(text, columns).map((row) => ({ text: row, look })));
  const head = hanging(heading, columns).map((text): Line => ({ text, look: 'heading' }));
  const body = lines.flatMap(({ text, look }) => wrap(text, columns - 2).map((row) => ({ text: `  ${row}`, look })));
  return [...head, ...body, { text: '' }];
}

/**
 * A line in rows of so many columns: those after the first stand below the value that it has in a table, where each of its words has
 * room there. Else they are indented.
 */
function hanging(line: string, columns: number): string[] {
  const text = line.replaceAll('\t', '  ');
  const half = Math.floor(columns / 2);
  // What a table has in front of a value.
  const [label = ''] = /^ {2}\S.*?\S {2,}(?=\S)/.exec(text) ?? [];
  const [lead = ''] = /^ */.exec(text) ?? [];
  const isTable = label !== '' && label.length <= half;
  const isBeside = isTable && text.split(' ').every((word) => widthOf(word) <= columns - label.length);
  const indent = ' '.repeat(isBeside ? label.length : Math.min(lead.length + 2, half));
  const [first = ''] = isTable && widthOf(text) > columns ? [label] : wrap(text, columns);
  const rest = text.slice(first.length).trimStart();
  const rows = rest === '' ? [] : wrap(rest, columns - indent.length);
  return isBeside && rest !== ''
    ? rows.map((row, at) => (at === 0 ? first : indent) + row)
    : [first.trimEnd(), ...rows.map((row) => indent + row)];
}

/** The rows that the screen shows from a position on, `height` at most. */
export function visibleRows(window: Window, position: Position, columns: number, height: number): Line[] {
  const rows: Line[] = [];
  for (let at = Math.max(0, position.piece - window.first); rows.length < height; at += 1) {
    const piece = window.pieces[at];
    if (piece === undefined) break;
    const all = rowsOf(piece, columns);
    rows.push(
      ...(at === position.piece - window.first ? all.slice(Math.max(0, Math.min(position.row, all.length - 1))) : all),
    );
  }
  return rows.slice(0, height);
}

/** The position so many rows further on, or back, as far as there are pieces here; the last screen is a full one. */
export function moved(window: Window, from: Position, by: number, columns: number, height: number): Position {
  const height0 = (at: number) => {
    const piece = window.pieces[at];
    return piece === undefined ? 0 : rowsOf(piece, columns).length;
  };
  let piece = Math.max(0, from.piece - window.first);
  let row = Math.min(from.row, Math.max(0, height0(piece) - 1)) + by;
  while (row < 0 && piece > 0) {
    piece -= 1;
    row += height0(piece);
  }
  while (piece < window.pieces.length && row >= height0(piece)) {
    row -= height0(piece);
    piece += 1;
  }
  const to = { piece: piece + window.first, row: Math.max(0, row) };
  const last = lastScreen(window, columns, height);
  return isBehind(to, last) ? last : to;
}

/** Where the screen begins that shows the last piece's last row at its bottom. */
export function lastScreen({ first, pieces }: Window, columns: number, height: number): Position {
  let room = height;
  for (let at = pieces.length - 1; at >= 0; at -= 1) {
    const piece = pieces[at];
    const rows = piece === undefined ? 0 : rowsOf(piece, columns).length;
    if (rows >= room) return { piece: at + first, row: rows - room };
    room -= rows;
  }
  return { piece: first, row: 0 };
}

function isBehind(a: Position, b: Position): boolean {
  return a.piece > b.piece || (a.piece === b.piece && a.row > b.row);
}
