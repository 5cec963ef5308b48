import type { BrowseRow } from '../../inspect/browse/browse-source.ts';
import { LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { reduceDocument, withPage } from './reduce-document.ts';
import { moveCursor, reduceSearchKey } from './reduce-list.ts';
import { reduceReadingKey, startReading, withFound, withMatchShown } from './reduce-reading.ts';
import {
  type BrowseAction,
  type BrowseState,
  bodyHeight,
  initialState,
  type Key,
  listedIds,
  MAX_ROWS,
  reportKey,
  type ShownView,
  screenKey,
  topView,
} from './state.ts';

/** The state after something happened. Pure: whoever calls it reads what the state then lacks. */
export function reduce(state: BrowseState, action: BrowseAction): BrowseState {
  switch (action.kind) {
    case 'key':
      return reduceKey({ ...state, notice: undefined }, action.key);
    case 'resize': {
      const sized = { ...state, columns: action.columns, rows: action.rows };
      return { ...sized, list: moveCursor(sized.list, 0, bodyHeight(sized)) };
    }
    case 'order':
      if (action.layout !== state.layout) return state;
      return { ...state, list: { ...state.list, total: action.total, ids: action.ids, error: undefined } };
    case 'list-error':
      return { ...state, list: { ...state.list, error: action.error } };
    case 'rows':
      return action.layout === state.layout ? withRows(state, action.rows) : state;
    case 'search-step':
    case 'search-end':
      return withSearch(state, action);
    case 'report':
      return action.key === reportKey(state) ? { ...state, report: action.report } : state;
    case 'page':
      return withMatchShown(withPage(state, action));
    case 'found':
      return withFound(state, action);
  }
}

function reduceKey(state: BrowseState, key: Key): BrowseState {
  if (key.name === 'interrupt') return { ...state, ending: 'interrupted' };
  const view = topView(state);
  if (view === undefined && state.list.search?.isTyping) return reduceSearchKey(state, key);
  const reading = view?.kind === 'transcript' ? reduceReadingKey(state, key) : undefined;
  if (reading !== undefined) return reading;
  if (key.name === 'character') return reduceLetter(state, view, key.character);
  if (key.name === 'escape' || key.name === 'backspace') return back(state);
  if (view === undefined) return reduceListKey(state, key);
  if (key.name === 'enter') return view.kind === 'checkpoint' ? openTranscript(state, view) : state;
  if (key.name === 'tab' || key.name === 'backTab') return nextTab(state, view, key.name === 'tab' ? 1 : -1);
  return reduceDocument(state, key);
}

function reduceListKey(state: BrowseState, key: Key): BrowseState {
  const height = bodyHeight(state);
  const half = Math.max(1, Math.floor(height / 2));
  const steps = {
    up: -1,
    down: 1,
    halfUp: -half,
    halfDown: half,
    pageUp: -height,
    pageDown: height,
    home: -Infinity,
    end: Infinity,
  } as const;
  if (key.name === 'enter') return openCheckpoint(state, 'checkpoint');
  const step = steps[key.name as keyof typeof steps];
  return step === undefined ? state : { ...state, list: moveCursor(state.list, step, height) };
}

const MOTIONS: Readonly<Record<string, Key>> = {
  k: { name: 'up' },
  j: { name: 'down' },
  g: { name: 'home' },
  G: { name: 'end' },
  ' ': { name: 'pageDown' },
  b: { name: 'pageUp' },
};

function reduceLetter(state: BrowseState, view: ShownView | undefined, letter: string): BrowseState {
  const motion = MOTIONS[letter];
  if (motion !== undefined) return reduceKey(state, motion);
  if (letter === 'q') return { ...state, ending: 'quit' };
  if (letter === '?') return view?.kind === 'help' ? back(state) : open(state, { kind: 'help' });
  if (letter === 'v' && view?.kind !== 'help') return nextLayout(state);
  const beside = BESIDE[letter];
  if (beside !== undefined) return openBeside(state, view, beside);
  if (letter === 'y') return copyId(state, view);
  if (letter === '/' && view === undefined) return startSearch(state);
  return state;
}

/** What is shown beside a checkpoint, by its key. */
const BESIDE: Readonly<Record<string, 'diff' | 'commit'>> = { d: 'diff', o: 'commit' };

/** Opens what is beside the open checkpoint, or the one under the cursor; where such a view is on top already, in its place. */
function openBeside(state: BrowseState, view: ShownView | undefined, kind: 'diff' | 'commit'): BrowseState {
  if (view === undefined) return openCheckpoint(state, kind);
  if (view.kind === 'help' || view.kind === kind) return state;
  const below = view.kind === 'diff' || view.kind === 'commit' ? state.views.slice(0, -1) : state.views;
  return show(state, [...below, { kind, id: view.id }]);
}

/** Asks for the ID of the open checkpoint, or of the one under the cursor, to be copied. */
function copyId(state: BrowseState, view: ShownView | undefined): BrowseState {
  const open = view === undefined || view.kind === 'help' ? listedIds(state.list)[state.list.cursor] : view.id;
  if (open === undefined) return state;
  return { ...state, copied: { text: open, number: (state.copied?.number ?? 0) + 1 }, notice: `Clipboard: ${open}` };
}

function startSearch(state: BrowseState): BrowseState {
  const known = state.list.search ?? { text: '', isRunning: false, found: [], looked: 0, unreadable: 0 };
  return { ...state, list: { ...state.list, search: { ...known, isTyping: true } } };
}

/** One view back; from the list of what a search found, to all; there is nothing behind the whole list. */
function back(state: BrowseState): BrowseState {
  if (state.views.length > 0) return show(state, state.views.slice(0, -1));
  if (state.list.search === undefined) return state;
  return { ...state, list: { ...state.list, search: undefined, cursor: 0, top: 0 } };
}

function openCheckpoint(state: BrowseState, kind: 'checkpoint' | 'diff' | 'commit'): BrowseState {
  const id = listedIds(state.list)[state.list.cursor];
  if (id === undefined) return state;
  return open(state, kind === 'checkpoint' ? { kind, id, session: undefined } : { kind, id });
}

function openTranscript(state: BrowseState, view: ShownView & { kind: 'checkpoint' }): BrowseState {
  const sessions = state.report?.sessions ?? [];
  const readable = sessions.find(({ transcript }) => transcript !== null) ?? sessions[0];
  const session = view.session ?? readable?.session;
  return session === undefined ? state : open(state, { kind: 'transcript', id: view.id, session });
}

function nextTab(state: BrowseState, view: ShownView, step: number): BrowseState {
  const sessions = (state.report?.sessions ?? []).map(({ session }) => session);
  const below = state.views.slice(0, -1);
  if (view.kind === 'checkpoint') {
    const tabs = [undefined, ...sessions];
    const at = tabs.indexOf(view.session) + step;
    return show(state, [...below, { ...view, session: tabs.at(at % tabs.length) }]);
  }
  if (view.kind !== 'transcript' || sessions.length === 0) return state;
  const session = sessions.at((sessions.indexOf(view.session) + step) % sessions.length) ?? view.session;
  return show(state, [...below, { ...view, session }]);
}

/** Both layouts, each read where the settings say, then V1 alone, then V2 alone. The cursor stays where it is. */
function nextLayout(state: BrowseState): BrowseState {
  const [only, ...others] = state.layouts;
  if (only !== undefined && others.length === 0)
    return { ...state, notice: `No layout here but ${LAYOUT_NAMES[only]}` };
  const choices = [undefined, ...state.layouts];
  const layout = choices[(choices.indexOf(state.layout) + 1) % choices.length];
  const { list } = initialState(state, state.layouts, layout);
  const search = state.list.search && { ...state.list.search, found: [], looked: 0, unreadable: 0, isRunning: true };
  const { cursor, top } = state.list;
  const next = { ...state, layout, list: { ...list, search, cursor, top }, report: undefined };
  return show(next, next.views);
}

function open(state: BrowseState, view: ShownView): BrowseState {
  return show(state, [...state.views, view]);
}

/** Shows these views; the text of the one on top is read again where it is another one. */
function show(state: BrowseState, views: readonly ShownView[]): BrowseState {
  const view = views.at(-1);
  const next = { ...state, views };
  const report = reportKey(next) === reportKey(state) ? state.report : undefined;
  if (view === undefined) return { ...next, report, document: undefined };
  const key = screenKey(view, state.layout);
  return { ...next, report, document: startReading(key) };
}

/** Adds rows; those that were read first go, when there are too many. */
function withRows(state: BrowseState, added: readonly BrowseRow[]): BrowseState {
  const fresh = new Map(added.map((row) => [row.checkpoint, row]));
  const kept = [...state.list.rows].filter(([id]) => !fresh.has(id));
  const rows = new Map([...kept, ...fresh].slice(-MAX_ROWS));
  return { ...state, list: { ...state.list, rows } };
}

function withSearch(state: BrowseState, action: BrowseAction & { kind: 'search-step' | 'search-end' }): BrowseState {
  const { search } = state.list;
  if (search === undefined || search.text !== action.text) return state;
  if (action.kind === 'search-end')
    return { ...state, list: { ...state.list, search: { ...search, isRunning: false } } };
  const { found, looked, unreadable } = action.step;
  const next = { ...search, found: [...search.found, ...found], looked, unreadable };
  return { ...state, list: moveCursor({ ...state.list, search: next }, 0, bodyHeight(state)) };
}
