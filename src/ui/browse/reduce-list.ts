import { type BrowseState, type Key, type ListState, listLength, type Search } from './state.ts';

/** Moves the cursor by so many lines within the list, and the screen with it; by a page, the screen moves as far as the cursor. */
export function moveCursor(list: ListState, step: number, height: number): ListState {
  // Before the list was counted nothing is known of its end.
  if (list.total === undefined) return list;
  const count = listLength(list);
  const cursor = Math.max(0, Math.min(count - 1, list.cursor + step));
  const from = Math.abs(step) >= height ? list.top + step : list.top;
  const inSight = Math.min(Math.max(from, cursor - height + 1), cursor);
  return { ...list, cursor, top: Math.max(0, Math.min(inSight, count - height)) };
}

/** A key while a search is typed: the list follows each letter. */
export function reduceSearchKey(state: BrowseState, key: Key): BrowseState {
  const { search } = state.list;
  if (search === undefined) return state;
  const { text } = search;
  if (key.name === 'character') return typed(state, text + key.character);
  if (key.name === 'backspace') return typed(state, [...text].slice(0, -1).join(''));
  if (key.name === 'escape' || (key.name === 'enter' && text === '')) return withSearch(state, undefined);
  if (key.name === 'enter') return { ...state, list: { ...state.list, search: { ...search, isTyping: false } } };
  return state;
}

function typed(state: BrowseState, text: string): BrowseState {
  return withSearch(state, { text, isTyping: true, isRunning: text !== '', found: [], looked: 0, unreadable: 0 });
}

function withSearch(state: BrowseState, search: Search | undefined): BrowseState {
  return { ...state, list: { ...state.list, search, cursor: 0, top: 0 } };
}
