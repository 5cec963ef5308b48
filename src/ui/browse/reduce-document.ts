import { hiddenLine } from '../transcript/entry-piece.ts';
import { lastScreen, moved, type Position, type TextPiece, type Window } from './scroll.ts';
import {
  type BrowseAction,
  type BrowseState,
  bodyHeight,
  bodyWidth,
  type DocumentState,
  type Key,
  MAX_PAGES,
  PAGE_PIECES,
} from './state.ts';

/**
 * The pieces of a document that are in memory, as they are shown: folded or open; of a run of bookkeeping one line, unless it
 * is to be shown.
 */
export function windowOf(document: DocumentState): Window {
  const first = document.firstPage * PAGE_PIECES;
  return { first, pieces: shownPieces(document, first) };
}

function shownPieces({ pages, toggled, isUnfolded, showsHidden }: DocumentState, first: number): TextPiece[] {
  const all = pages.flat();
  const pieces: TextPiece[] = [];
  for (let at = 0; at < all.length; at += 1) {
    const piece = all[at] as TextPiece;
    if (piece.hidden === undefined || showsHidden) {
      const isOpen = isUnfolded !== toggled.has(first + at);
      pieces.push(isOpen || piece.folded === undefined ? piece : { ...piece, lines: piece.folded });
      continue;
    }
    const run = [piece.hidden];
    for (let hidden = all[at + 1]?.hidden; hidden !== undefined; hidden = all[at + 1]?.hidden) {
      run.push(hidden);
      at += 1;
    }
    // The others of the run take no row, so that pieces keep their numbers.
    pieces.push({ lines: [hiddenLine(run), { text: '' }] }, ...run.slice(1).map(() => ({ lines: [] })));
  }
  return pieces;
}

/** Moves the screen over the document. */
export function reduceDocument(state: BrowseState, key: Key): BrowseState {
  const { document } = state;
  if (document === undefined) return state;
  const height = bodyHeight(state);
  const page = Math.max(1, height - 1);
  const half = Math.max(1, Math.floor(height / 2));
  const steps = { up: -1, down: 1, halfUp: -half, halfDown: half, pageUp: -page, pageDown: page } as const;
  if (key.name === 'home') return at(state, { piece: 0, row: 0 });
  if (key.name === 'end') {
    const last = lastScreen(windowOf(document), bodyWidth(state), height);
    return { ...state, document: { ...document, position: last, isSeekingEnd: !document.isEnd } };
  }
  const step = steps[key.name as keyof typeof steps];
  if (step === undefined) return state;
  return at(state, moved(windowOf(document), document.position, step, bodyWidth(state), height));
}

/** Begins the screen at a position; one that is not in the pages that are here begins with the page that has it. */
export function at(state: BrowseState, position: Position): BrowseState {
  const { document } = state;
  if (document === undefined) return state;
  const page = Math.floor(position.piece / PAGE_PIECES);
  const isHere = page >= document.firstPage && page <= document.firstPage + document.pages.length;
  const pages = isHere ? {} : { firstPage: page, pages: [], isEnd: false };
  return { ...state, document: { ...document, ...pages, position, isSeekingEnd: false } };
}

/** The page that a document needs next: one that follows or comes before what is here, where the screen gets near; else none. */
export function wantedPage(document: DocumentState): number | undefined {
  const { firstPage, pages, isEnd, position, isSeekingEnd } = document;
  const { first, pieces } = windowOf(document);
  const left = first + pieces.length - position.piece;
  if (!isEnd && (isSeekingEnd || pages.length === 0 || left < 2 * PAGE_PIECES)) return firstPage + pages.length;
  return firstPage > 0 && position.piece - first < PAGE_PIECES ? firstPage - 1 : undefined;
}

/** Adds a page at the end or at the beginning, and lets the farthest one go. */
export function withPage(state: BrowseState, action: BrowseAction & { kind: 'page' }): BrowseState {
  const { document } = state;
  if (document === undefined || document.key !== action.key) return state;
  const { firstPage, pages } = document;
  if (action.page === firstPage - 1) {
    const isCut = pages.length >= MAX_PAGES;
    const kept = [action.pieces, ...pages].slice(0, MAX_PAGES);
    return {
      ...state,
      document: { ...document, firstPage: action.page, pages: kept, isEnd: document.isEnd && !isCut },
    };
  }
  if (action.page !== firstPage + pages.length) return state;
  const all = [...pages, action.pieces];
  const drop = Math.max(0, all.length - MAX_PAGES);
  const grown = { ...document, firstPage: firstPage + drop, pages: all.slice(drop), isEnd: action.isLast };
  if (!document.isSeekingEnd) return { ...state, document: grown };
  const position = lastScreen(windowOf(grown), bodyWidth(state), bodyHeight(state));
  return { ...state, document: { ...grown, position, isSeekingEnd: !action.isLast } };
}
