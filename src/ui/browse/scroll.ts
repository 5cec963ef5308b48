import { wrap } from './wrap.ts';

/** How a part of a document looks besides its words. */
export type Look = 'heading' | 'added' | 'removed' | 'place';

/** A piece of a document: text that is fit for a terminal, and a heading above it where one is needed. */
export interface Piece {
  readonly heading?: string | undefined;
  readonly text: string;
  readonly look?: Look | undefined;
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
  readonly pieces: readonly Piece[];
}

/** One row of the screen. */
export interface Row {
  readonly text: string;
  readonly look?: Look | undefined;
}

/** The rows of a piece in so many columns: its heading, its text, which is indented where there is a heading. */
export function rowsOf({ heading, text, look }: Piece, columns: number): Row[] {
  if (heading === undefined) return wrap(text, columns).map((line) => ({ text: line, look }));
  const body = wrap(text, columns - 2).map((line) => ({ text: `  ${line}`, look }));
  return [{ text: heading, look: 'heading' }, ...body, { text: '' }];
}

/** The rows that the screen shows from a position on, `height` at most. */
export function visibleRows(window: Window, position: Position, columns: number, height: number): Row[] {
  const rows: Row[] = [];
  for (let at = Math.max(0, position.piece - window.first); rows.length < height; at += 1) {
    const piece = window.pieces[at];
    if (piece === undefined) break;
    const all = rowsOf(piece, columns);
    rows.push(...(at === position.piece - window.first ? all.slice(Math.min(position.row, all.length - 1)) : all));
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
