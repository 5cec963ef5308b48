import { at, windowOf } from './reduce-document.ts';
import { rowsOf } from './scroll.ts';
import {
  type BrowseAction,
  type BrowseState,
  bodyHeight,
  bodyWidth,
  type DocumentState,
  type Key,
  type Seek,
} from './state.ts';

/** A document of which nothing was read yet. */
export function startReading(key: string): DocumentState {
  return {
    key,
    firstPage: 0,
    pages: [],
    isEnd: false,
    position: { piece: 0, row: 0 },
    isSeekingEnd: false,
    toggled: new Set(),
    isUnfolded: false,
    showsHidden: false,
    search: undefined,
    seek: undefined,
    match: undefined,
  };
}

/** What a key does in a transcript besides scrolling; `undefined` for one that does what it does everywhere. */
export function reduceReadingKey(state: BrowseState, key: Key): BrowseState | undefined {
  const { document } = state;
  if (document === undefined) return undefined;
  if (document.search?.isTyping) return typed(state, document, key);
  if (key.name === 'escape' && document.search !== undefined)
    return withDocument(state, document, { search: undefined, seek: undefined });
  if (key.name === 'enter') return toggled(state, document);
  if (key.name !== 'character') return undefined;
  switch (key.character) {
    case '/':
      return withDocument(state, document, { search: { text: '', isTyping: true } });
    case 'n':
    case 'N':
      if (document.search === undefined) return { ...state, notice: 'Nothing to look for: / searches' };
      return seek(state, document, 'match', key.character === 'n' ? 1 : -1);
    case ']':
    case '[':
      return seek(state, document, 'prompt', key.character === ']' ? 1 : -1);
    case 'e':
      return withDocument(state, document, { isUnfolded: !document.isUnfolded, toggled: new Set() });
    case 'h':
      return withDocument(state, document, { showsHidden: !document.showsHidden });
    default:
      return undefined;
  }
}

/** Rows above a match that does not fit on the screen together with the beginning of its piece. */
const ABOVE_MATCH = 3;

/** What a look through the transcript has found: it is shown; where there is nothing more, that is said. */
export function withFound(
  state: BrowseState,
  { key, seek: done, piece }: BrowseAction & { kind: 'found' },
): BrowseState {
  const { document } = state;
  if (document === undefined || document.key !== key || document.seek !== done) return state;
  const match = done.wanted === 'match' ? piece : undefined;
  const next = withDocument(state, document, { seek: undefined, match });
  if (piece !== undefined) return withMatchShown(at(next, { piece, row: 0 }));
  return { ...next, notice: `No ${done.wanted} further ${done.step === 1 ? 'down' : 'up'}` };
}

/** Shows the row of a match, if its piece is here: what is folded away is opened for it. The state as it is where somebody has moved on. */
export function withMatchShown(state: BrowseState): BrowseState {
  const { document } = state;
  const match = document?.match;
  if (document === undefined || match === undefined) return state;
  const { first } = windowOf(document);
  const whole = document.pages.flat()[match - first];
  if (whole === undefined && document.position.piece === match) return state; // on its way
  const done = { ...document, match: undefined };
  if (whole === undefined || document.position.piece !== match) return { ...state, document: done };
  const text = (document.search?.text ?? '').toLowerCase();
  const rowIn = (one: DocumentState) => {
    const piece = windowOf(one).pieces[match - first];
    const rows = piece === undefined ? [] : rowsOf(piece, bodyWidth(state));
    return rows.findIndex((row) => row.text.toLowerCase().includes(text));
  };
  const toggled = new Set(document.toggled);
  if (!toggled.delete(match)) toggled.add(match);
  const shown = [done, { ...done, toggled }].find((one) => rowIn(one) >= 0) ?? done;
  const row = rowIn(shown);
  const isOnScreen = row < bodyHeight(state) - 1;
  return { ...state, document: { ...shown, position: { piece: match, row: isOnScreen ? 0 : row - ABOVE_MATCH } } };
}

function withDocument(state: BrowseState, document: DocumentState, change: Partial<DocumentState>): BrowseState {
  return { ...state, document: { ...document, ...change } };
}

function seek(state: BrowseState, document: DocumentState, wanted: Seek['wanted'], step: 1 | -1): BrowseState {
  return withDocument(state, document, { seek: { wanted, step, from: document.position.piece } });
}

function typed(state: BrowseState, document: DocumentState, key: Key): BrowseState {
  const text = document.search?.text ?? '';
  if (key.name === 'escape' || (key.name === 'enter' && text === ''))
    return withDocument(state, document, { search: undefined });
  if (key.name === 'enter') {
    const search = { text, isTyping: false };
    // The piece on top may have the text itself.
    return withDocument(state, document, {
      search,
      seek: { wanted: 'match', step: 1, from: document.position.piece - 1 },
    });
  }
  const next =
    key.name === 'backspace' ? [...text].slice(0, -1).join('') : key.name === 'character' ? text + key.character : text;
  return withDocument(state, document, { search: { text: next, isTyping: true } });
}

/** Opens the first piece on the screen that is folded, or folds it where it is open; the screen begins with it then. */
function toggled(state: BrowseState, document: DocumentState): BrowseState {
  const { first, pieces } = windowOf(document);
  const whole = document.pages.flat();
  let room = bodyHeight(state);
  for (let i = Math.max(0, document.position.piece - first); i < pieces.length && room > 0; i += 1) {
    const piece = pieces[i];
    if (piece === undefined) break;
    const isHidden = whole[i]?.hidden !== undefined && !document.showsHidden;
    if (whole[i]?.folded !== undefined && !isHidden) {
      const set = new Set(document.toggled);
      if (!set.delete(first + i)) set.add(first + i);
      return at(withDocument(state, document, { toggled: set }), { piece: first + i, row: 0 });
    }
    room -= rowsOf(piece, bodyWidth(state)).length;
  }
  return { ...state, notice: 'Nothing on this screen is folded' };
}
