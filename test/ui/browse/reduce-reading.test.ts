import { describe, expect, it } from 'vitest';
import { cut, type TranscriptEntry } from '../../../src/transcripts/entry.ts';
import { transcriptPieces } from '../../../src/ui/browse/pieces.ts';
import { reduce } from '../../../src/ui/browse/reduce.ts';
import { windowOf } from '../../../src/ui/browse/reduce-document.ts';
import { visibleRows } from '../../../src/ui/browse/scroll.ts';
import type { BrowseState, DocumentState } from '../../../src/ui/browse/state.ts';
import { idOf, listed, press, reportOf } from './support.ts';

const hidden = (what: string): TranscriptEntry => ({ kind: 'hidden', what, raw: cut(`{"type":"${what}"}`) });
const said = (kind: 'prompt' | 'answer', text: string): TranscriptEntry => ({ kind, text: cut(text) });
const result = (lines: number): TranscriptEntry => ({
  kind: 'result',
  text: cut(Array.from({ length: lines }, (_, i) => `line ${i}`).join('\n')),
  isError: false,
});

/** A transcript that is open, all of it on one page. */
function opened(...entries: TranscriptEntry[]): BrowseState {
  const checkpoint = press(listed(3), 'enter');
  const key = JSON.stringify(['both', idOf(0)]);
  const read = reduce(checkpoint, { kind: 'report', key, report: reportOf(idOf(0), '0') });
  const state = press(read, 'enter');
  return reduce(state, {
    kind: 'page',
    key: state.document?.key ?? '',
    page: 0,
    pieces: transcriptPieces(entries),
    isLast: true,
  });
}

const documentOf = (state: BrowseState) => state.document as DocumentState;

/** The rows of the screen, from where it begins. */
function rows(state: BrowseState, height = 40): string[] {
  const document = documentOf(state);
  return visibleRows(windowOf(document), document.position, 79, height).map(({ text }) => text);
}

describe('a transcript', () => {
  const state = opened(
    hidden('mode'),
    hidden('mode'),
    hidden('progress'),
    said('prompt', 'Mend it'),
    result(30),
    said('answer', 'Done'),
  );

  it('shows bookkeeping as one line, and all of it on demand', () => {
    expect(rows(state).slice(0, 4)).toEqual(['· 3 lines of bookkeeping (mode 2, progress 1)', '', 'User', '  Mend it']);
    expect(rows(press(state, "'h")).slice(0, 3)).toEqual(['Bookkeeping: mode', '  {"type":"mode"}', '']);
    expect(rows(press(state, "'hh"))).toEqual(rows(state));
  });

  it('folds a long result with its size; Enter opens it and folds it again', () => {
    const folded = [
      'Result',
      '  line 0',
      '  line 1',
      '  line 2',
      '  line 3',
      '  … 30 lines, 229 characters in all',
      '',
      'Assistant',
      '  Done',
      '',
    ];
    expect(rows(state).slice(5)).toEqual(folded);
    const open = press(state, 'enter');
    expect(rows(open)[0]).toBe('Result');
    expect(rows(open)).toHaveLength(35);
    expect(rows(press(open, 'enter'))).toEqual(folded);
    expect(rows(press(state, "'e"))).toHaveLength(5 + 35);
    expect(rows(press(state, "'e", 'enter'))).toEqual(folded);
  });

  it('looks for the next prompt, and the next match, from where the screen is', () => {
    const next = press(state, "']");
    const { seek, key } = documentOf(next);
    expect(seek).toEqual({ wanted: 'prompt', step: 1, from: 0 });
    if (seek === undefined) return;
    const found = reduce(next, { kind: 'found', key, seek, piece: 3 });
    expect(documentOf(found)).toMatchObject({ position: { piece: 3, row: 0 }, seek: undefined });
    expect(documentOf(press(found, "'[")).seek).toEqual({ wanted: 'prompt', step: -1, from: 3 });
    const typed = press(found, "'/done");
    expect(documentOf(typed).search).toEqual({ text: 'done', isTyping: true });
    const searching = press(typed, 'enter');
    const match = documentOf(searching).seek;
    expect(match).toEqual({ wanted: 'match', step: 1, from: 2 });
    if (match === undefined) return;
    const none = reduce(searching, { kind: 'found', key, seek: match, piece: undefined });
    expect(documentOf(none).search).toEqual({ text: 'done', isTyping: false });
    expect(none.notice).toBe('No match further down');
    expect(documentOf(press(none, "'N")).seek).toEqual({ wanted: 'match', step: -1, from: 3 });
    expect(documentOf(press(none, 'escape')).search).toBeUndefined();
    expect(press(none, 'escape', 'escape').views.at(-1)?.kind).toBe('checkpoint');
  });

  /** What is shown after a search whose first match is in a piece. */
  function searched(from: BrowseState, text: string, piece: number): BrowseState {
    const searching = press(from, `'/${text}`, 'enter');
    const { seek, key } = documentOf(searching);
    if (seek === undefined) throw new Error('nothing is looked for');
    return reduce(searching, { kind: 'found', key, seek, piece });
  }

  it('shows the row of a match: what is folded away is opened, and the screen begins some rows above', () => {
    expect(rows(searched(state, 'LINE 3', 4))).toEqual([
      'Result',
      ...[0, 1, 2, 3].map((n) => `  line ${n}`),
      '  … 30 lines, 229 characters in all',
      '',
      'Assistant',
      '  Done',
      '',
    ]);
    const opened29 = searched(state, 'line 29', 4);
    expect(rows(opened29).slice(0, 5)).toEqual(['  line 26', '  line 27', '  line 28', '  line 29', '']);
    expect(rows(searched(press(state, "'e"), 'line 29', 4))[3]).toBe('  line 29');
    expect(rows(press(opened29, 'home')).filter((row) => /line \d/.test(row))).toHaveLength(30);
    expect(documentOf(searched(state, 'in no row', 4))).toMatchObject({
      position: { piece: 4, row: 0 },
      toggled: new Set(),
    });
  });

  it('shows a match as soon as its page is there, unless somebody has moved on', () => {
    const far = searched(opened(...Array.from({ length: 50 }, (_, i) => said('answer', `${i}`))), 'line 9', 1234);
    expect(documentOf(far)).toMatchObject({ firstPage: 24, pages: [], position: { piece: 1234, row: 0 } });
    const pieces = transcriptPieces(Array.from({ length: 50 }, () => result(30)));
    const page = { kind: 'page', key: documentOf(far).key, page: 24, pieces, isLast: true } as const;
    expect(rows(reduce(far, page)).slice(0, 4)).toContain('  line 9');
    expect(documentOf(reduce(press(far, 'home'), page)).toggled).toEqual(new Set());
  });

  it('jumps to a page that is not in memory', () => {
    const far = opened(...Array.from({ length: 50 }, (_, i) => said('answer', `${i}`)));
    const next = press(far, "'/x", 'enter');
    const { seek, key } = documentOf(next);
    if (seek === undefined) throw new Error('nothing is looked for');
    const found = documentOf(reduce(next, { kind: 'found', key, seek, piece: 1234 }));
    expect(found).toMatchObject({ firstPage: 24, pages: [], position: { piece: 1234, row: 0 } });
  });

  it('copies the ID of its checkpoint, and that under the cursor of the list', () => {
    expect(press(state, "'y")).toMatchObject({ copied: { text: idOf(0), number: 1 }, notice: `Clipboard: ${idOf(0)}` });
    expect(press(listed(3), 'down', "'yy").copied).toEqual({ text: idOf(1), number: 2 });
  });
});
