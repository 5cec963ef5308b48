import { describe, expect, it } from 'vitest';
import { reduce } from '../../../src/ui/browse/reduce.ts';
import { wantedPage, windowOf } from '../../../src/ui/browse/reduce-document.ts';
import type { TextPiece } from '../../../src/ui/browse/scroll.ts';
import { type BrowseState, MAX_PAGES, MAX_ROWS, reportKey, screenKey, topView } from '../../../src/ui/browse/state.ts';
import { idOf, listed, press, reportOf, rowOf } from './support.ts';

const place = ({ list: { cursor, top } }: BrowseState) => [cursor, top];

/** A page of 50 pieces of one row each. */
function page(number: number): TextPiece[] {
  return Array.from({ length: 50 }, (_, i) => ({ lines: [{ text: `piece ${number * 50 + i}` }] }));
}

/** The state after the pages that it wants have come, of a document of so many pages. */
function filled(state: BrowseState, pages: number): BrowseState {
  let next = state;
  for (;;) {
    const { document } = next;
    const wanted = document && wantedPage(document);
    if (document === undefined || wanted === undefined) return next;
    const [key, isLast] = [document.key, wanted === pages - 1];
    next = reduce(next, { kind: 'page', key, page: wanted, pieces: page(wanted), isLast });
  }
}

describe('the list', () => {
  it('moves by lines, screens and to both ends, and never beyond', () => {
    const state = listed(100); // 9 lines of checkpoints
    expect(place(press(state, 'up'))).toEqual([0, 0]);
    expect(place(press(state, 'down', "'j", 'down'))).toEqual([3, 0]);
    expect(place(press(state, 'pageDown'))).toEqual([9, 9]);
    expect(place(press(state, 'pageDown', 'pageUp'))).toEqual([0, 0]);
    expect(place(press(state, 'end'))).toEqual([99, 91]);
    expect(place(press(state, 'end', 'down', "'k"))).toEqual([98, 91]);
    expect(place(press(state, "'Gg"))).toEqual([0, 0]);
  });

  it('keeps the cursor on the screen when that gets smaller', () => {
    const low = press(listed(100), ...Array.from({ length: 8 }, () => 'down' as const));
    expect(place(reduce(low, { kind: 'resize', columns: 40, rows: 6 }))).toEqual([8, 6]);
  });

  it('keeps no more rows than it may, the newest of them', () => {
    let state = listed(5000);
    for (let at = 0; at < 5000; at += 50) {
      const rows = Array.from({ length: 50 }, (_, i) => rowOf(idOf(at + i)));
      state = reduce(state, { kind: 'rows', layout: undefined, rows });
    }
    expect(state.list.rows.size).toBe(MAX_ROWS);
    expect(state.list.rows.has(idOf(4999))).toBe(true);
  });

  it('leaves out answers for a layout that is not read any more', () => {
    const v1 = press(listed(3), "'v");
    expect(v1).toMatchObject({ layout: 'v1', list: { total: undefined, ids: [] } });
    expect(reduce(v1, { kind: 'order', layout: undefined, total: 9, ids: [] })).toBe(v1);
    expect(reduce(v1, { kind: 'rows', layout: 'v2', rows: [rowOf(idOf(1))] })).toBe(v1);
    expect(press(v1, "'v").layout).toBe('v2');
    expect(press(v1, "'vv").layout).toBeUndefined();
  });
});

describe('a search', () => {
  const found = (state: BrowseState, text: string, ...numbers: number[]) =>
    reduce(state, { kind: 'search-step', text, step: { found: numbers.map(idOf), looked: 100, unreadable: 0 } });

  it('follows each letter, letters that are keys elsewhere too', () => {
    const typed = press(listed(100), "'/dvq?");
    expect(typed).toMatchObject({ ending: undefined, views: [], layout: undefined });
    expect(typed.list.search).toMatchObject({ text: 'dvq?', isTyping: true, isRunning: true });
    expect(press(typed, 'backspace').list.search?.text).toBe('dvq');
  });

  it('adds what is found, and leaves out what another text found', () => {
    const some = found(press(listed(100), "'/abc"), 'abc', 4, 7);
    expect(found(some, 'ab', 1)).toBe(some);
    expect(found(some, 'abc', 9).list.search).toMatchObject({ found: [idOf(4), idOf(7), idOf(9)], looked: 100 });
  });

  it('is kept by Enter, opens what it found, and is ended by Esc', () => {
    const kept = press(found(press(listed(100), "'/abc"), 'abc', 4, 7), 'enter');
    expect(kept.list.search).toMatchObject({ text: 'abc', isTyping: false });
    const opened = press(kept, 'down', 'enter');
    expect(topView(opened)).toEqual({ kind: 'checkpoint', id: idOf(7), session: undefined });
    expect(press(opened, 'escape').list.search?.text).toBe('abc');
    expect(press(opened, 'escape', 'escape').list.search).toBeUndefined();
    expect(press(listed(100), "'/x", 'escape').list.search).toBeUndefined();
  });
});

describe('a checkpoint', () => {
  const opened = (...sessions: string[]) => {
    const state = press(listed(3), 'enter');
    return reduce(state, { kind: 'report', key: reportKey(state) ?? '', report: reportOf(idOf(0), ...sessions) });
  };

  it('has a tab for itself and one for each session, whatever their numbers', () => {
    const tabs = (...keys: Parameters<typeof press>[1][]) => topView(press(opened('0', '2', '7'), ...keys));
    expect(tabs()).toMatchObject({ session: undefined });
    expect(tabs('tab')).toMatchObject({ session: '0' });
    expect(tabs('tab', 'tab')).toMatchObject({ session: '2' });
    expect(tabs('backTab')).toMatchObject({ session: '7' });
    expect(tabs('backTab', 'tab')).toMatchObject({ session: undefined });
  });

  it('opens the transcript of the session, and of the next one', () => {
    const transcript = press(opened('0', '2', '7'), 'tab', 'tab', 'enter');
    expect(topView(transcript)).toEqual({ kind: 'transcript', id: idOf(0), session: '2' });
    expect(topView(press(transcript, 'tab'))).toMatchObject({ session: '7' });
    expect(topView(press(transcript, 'tab', 'tab'))).toMatchObject({ session: '0' });
    expect(topView(press(transcript, 'escape'))).toMatchObject({ kind: 'checkpoint', session: '2' });
    expect(topView(press(opened('4'), 'enter'))).toMatchObject({ kind: 'transcript', session: '4' });
    expect(topView(press(opened(), 'enter'))).toMatchObject({ kind: 'checkpoint' });
  });

  it('shows the difference and the help above everything, and goes back step by step', () => {
    const top = press(opened('0'), 'enter', "'d?");
    expect(top.views.map(({ kind }) => kind)).toEqual(['checkpoint', 'transcript', 'diff', 'help']);
    expect(press(top, 'escape', 'backspace', 'escape').views).toHaveLength(1);
    expect(press(top, "'?").views).toHaveLength(3);
    expect(topView(press(listed(3), 'down', "'d"))).toEqual({ kind: 'diff', id: idOf(1) });
  });

  it('shows the commit in the place of the difference, and from the list', () => {
    const open = press(listed(3), 'enter', "'d", "'o");
    expect(open.views.map(({ kind }) => kind)).toEqual(['checkpoint', 'commit']);
    expect(press(open, "'o")).toEqual(open);
    expect(press(listed(3), 'down', "'o").views).toEqual([{ kind: 'commit', id: idOf(1) }]);
  });

  it('is read again from another layout', () => {
    const v1 = press(opened('0'), "'v");
    expect(v1).toMatchObject({ layout: 'v1', report: undefined, document: { pages: [], firstPage: 0 } });
    expect(v1.document?.key).toBe(screenKey({ kind: 'checkpoint', id: idOf(0), session: undefined }, 'v1'));
  });

  it('ends by q and by Ctrl-C, wherever it is', () => {
    expect(press(opened('0'), "'q").ending).toBe('quit');
    expect(press(listed(3), "'/abc", 'interrupt').ending).toBe('interrupted');
  });
});

describe('a long text', () => {
  const open = (pages: number) => filled(press(listed(3), "'d"), pages);

  it('is in memory only in part, wherever the screen is', () => {
    let state = open(40);
    expect(state.document?.pages).toHaveLength(2);
    for (let at = 0; at < 200; at += 1) {
      state = filled(press(state, 'pageDown'), 40);
      expect(state.document?.pages.length).toBeLessThanOrEqual(MAX_PAGES);
      const { first, pieces } = windowOf(state.document as NonNullable<BrowseState['document']>);
      expect(pieces[(state.document?.position.piece ?? 0) - first]?.lines[0]?.text).toBe(`piece ${(at + 1) * 8}`);
    }
    for (let at = 200; at > 0; at -= 1) state = filled(press(state, 'pageUp'), 40);
    expect(state.document).toMatchObject({ firstPage: 0, position: { piece: 0, row: 0 } });
  });

  it('is read to its end by End, and from its beginning by Home', () => {
    const end = filled(press(open(40), 'end'), 40);
    expect(end.document).toMatchObject({ isEnd: true, isSeekingEnd: false, position: { piece: 1991, row: 0 } });
    expect(press(end, 'down').document?.position).toEqual({ piece: 1991, row: 0 });
    const home = filled(press(end, 'home'), 40);
    expect(home.document).toMatchObject({ firstPage: 0, position: { piece: 0 } });
    expect(windowOf(home.document as NonNullable<BrowseState['document']>).pieces[0]?.lines[0]?.text).toBe('piece 0');
  });

  it('leaves out pages of another text', () => {
    const state = open(2);
    expect(reduce(state, { kind: 'page', key: 'other', page: 2, pieces: page(2), isLast: true })).toBe(state);
  });
});
