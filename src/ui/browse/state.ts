import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { BrowseRow, SearchStep } from '../../inspect/browse/browse-source.ts';
import type { CheckpointReport } from '../../inspect/checkpoint-report.ts';
import type { LayoutName } from '../../layout/layout.ts';
import type { Position, TextPiece } from './scroll.ts';

/** A search under way or done. */
export interface Search {
  readonly text: string;
  readonly isTyping: boolean;
  readonly isRunning: boolean;
  readonly found: readonly CheckpointId[];
  readonly looked: number;
  readonly unreadable: number;
}

/** The list of checkpoints, of which only what was looked at is here. */
export interface ListState {
  /** How many there are; `undefined` until it is known. */
  readonly total: number | undefined;
  /** The first of them, in order. */
  readonly ids: readonly CheckpointId[];
  /** What is known of some, those that were read last at the end; `MAX_ROWS` at most. */
  readonly rows: ReadonlyMap<CheckpointId, BrowseRow>;
  readonly cursor: number;
  readonly top: number;
  readonly search: Search | undefined;
  /** Why the list can't be read. */
  readonly error: string | undefined;
}

/** What is shown above the list. A checkpoint has a tab for itself (`undefined`) and one for each session. */
export type ShownView =
  | { readonly kind: 'checkpoint'; readonly id: CheckpointId; readonly session: string | undefined }
  | { readonly kind: 'transcript'; readonly id: CheckpointId; readonly session: string }
  | { readonly kind: 'diff'; readonly id: CheckpointId }
  | { readonly kind: 'commit'; readonly id: CheckpointId }
  | { readonly kind: 'help' };

/** A search in a transcript: what is looked for, and whether it is being typed. */
export interface DocumentSearch {
  readonly text: string;
  readonly isTyping: boolean;
}

/** What a transcript is being read through for: the next piece in a direction that is a prompt, or has the text of the search. */
export interface Seek {
  readonly wanted: 'prompt' | 'match';
  readonly step: 1 | -1;
  /** The piece to begin behind, or before; -1 begins with the first one. */
  readonly from: number;
}

/** The text of the view on top: the pages of it that are in memory, and where the screen is in it. */
export interface DocumentState {
  readonly key: string;
  /** The number of the first page here, and that of the first piece. */
  readonly firstPage: number;
  readonly pages: readonly (readonly TextPiece[])[];
  readonly isEnd: boolean;
  readonly position: Position;
  /** On the way to the end, which has not been read yet. */
  readonly isSeekingEnd: boolean;
  /** Pieces that somebody has opened, by their numbers, or that are folded though all others are open. */
  readonly toggled: ReadonlySet<number>;
  readonly isUnfolded: boolean;
  /** Whether lines of bookkeeping are shown. */
  readonly showsHidden: boolean;
  readonly search: DocumentSearch | undefined;
  readonly seek: Seek | undefined;
  /** The piece with the match that is to be shown as soon as it is here. */
  readonly match: number | undefined;
}

/** All that `ckpt browse` shows. */
export interface BrowseState {
  readonly columns: number;
  readonly rows: number;
  /** Those that there are, and the one that is read alone. */
  readonly layouts: readonly LayoutName[];
  readonly layout: LayoutName | undefined;
  readonly list: ListState;
  /** What lies above the list, the last on top. */
  readonly views: readonly ShownView[];
  readonly document: DocumentState | undefined;
  /** Of the checkpoint that is open, as soon as it was read. */
  readonly report: CheckpointReport | undefined;
  /** Why the screen is to be left. */
  readonly ending: 'quit' | 'interrupted' | undefined;
  /** A text for the terminal's clipboard; each request has a number of its own. */
  readonly copied: { readonly text: string; readonly number: number } | undefined;
  /** What the last key did where the screen does not show it, until the next key. */
  readonly notice: string | undefined;
}

/** A key, as a person would call it. */
export type Key =
  | { readonly name: 'up' | 'down' | 'pageUp' | 'pageDown' | 'halfUp' | 'halfDown' | 'home' | 'end' }
  | { readonly name: 'enter' | 'escape' | 'tab' | 'backTab' | 'backspace' | 'interrupt' }
  | { readonly name: 'character'; readonly character: string };

/** What happens to the screen. Answers name what they answer: one that nobody waits for any more is left out. */
export type BrowseAction =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  | {
      readonly kind: 'order';
      readonly layout: LayoutName | undefined;
      readonly total: number;
      readonly ids: readonly CheckpointId[];
    }
  | { readonly kind: 'list-error'; readonly error: string }
  | { readonly kind: 'rows'; readonly layout: LayoutName | undefined; readonly rows: readonly BrowseRow[] }
  | { readonly kind: 'search-step'; readonly text: string; readonly step: SearchStep }
  | { readonly kind: 'search-end'; readonly text: string }
  | { readonly kind: 'report'; readonly key: string; readonly report: CheckpointReport }
  | {
      readonly kind: 'page';
      readonly key: string;
      readonly page: number;
      readonly pieces: readonly TextPiece[];
      readonly isLast: boolean;
    }
  | { readonly kind: 'found'; readonly key: string; readonly seek: Seek; readonly piece: number | undefined };

/** Checkpoints whose rows are kept. */
export const MAX_ROWS = 1000;
/** Pages of a document that are kept. */
export const MAX_PAGES = 6;
/** Pieces of a page, but for the last one and for documents of one page. */
export const PAGE_PIECES = 50;

const EMPTY_LIST: ListState = {
  total: undefined,
  ids: [],
  rows: new Map(),
  cursor: 0,
  top: 0,
  search: undefined,
  error: undefined,
};

/** The state before anything was read. */
export function initialState(
  size: { columns: number; rows: number },
  layouts: readonly LayoutName[],
  layout: LayoutName | undefined,
): BrowseState {
  return {
    ...size,
    layouts,
    layout,
    list: EMPTY_LIST,
    views: [],
    document: undefined,
    report: undefined,
    ending: undefined,
    copied: undefined,
    notice: undefined,
  };
}

/** Rows of the screen between what stands at its top and the keys at its bottom. */
export function bodyHeight({ rows }: Pick<BrowseState, 'rows'>): number {
  return Math.max(1, rows - 3);
}

/** Columns that are used: a character in the last one makes some terminals begin a new line. */
export function bodyWidth({ columns }: Pick<BrowseState, 'columns'>): number {
  return Math.max(1, columns - 1);
}

/** The checkpoints that the list shows: those that a search found, or all that are in order so far. */
export function listedIds({ ids, search }: ListState): readonly CheckpointId[] {
  return search === undefined || search.text === '' ? ids : search.found;
}

/** How many the list has. */
export function listLength(list: ListState): number {
  return list.search === undefined || list.search.text === '' ? (list.total ?? 0) : list.search.found.length;
}

/** What is on top; `undefined` for the list. */
export function topView({ views }: BrowseState): ShownView | undefined {
  return views.at(-1);
}

/** Names the text that a view shows, with the layout that it is read from. */
export function screenKey(view: ShownView, layout: LayoutName | undefined): string {
  return JSON.stringify([layout ?? 'both', view]);
}

/** Names the report that the open checkpoint needs; `undefined` where none is open. */
export function reportKey({ views, layout }: BrowseState): string | undefined {
  const view = views.find((one) => one.kind !== 'help');
  return view === undefined ? undefined : JSON.stringify([layout ?? 'both', view.id]);
}
