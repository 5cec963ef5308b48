import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink-testing-library';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../../src/checkpoint/checkpoint-id.ts';
import { cut } from '../../../src/transcripts/entry.ts';
import { BrowseView } from '../../../src/ui/browse/browse-view.tsx';
import { listRow } from '../../../src/ui/browse/list-row.ts';
import { errorPieces, transcriptPieces } from '../../../src/ui/browse/pieces.ts';
import { reduce } from '../../../src/ui/browse/reduce.ts';
import type { TextPiece } from '../../../src/ui/browse/scroll.ts';
import { type BrowseState, initialState, reportKey } from '../../../src/ui/browse/state.ts';
import { idOf, listed, press, reportOf, rowOf } from './support.ts';

/** What the screen shows, without colours. */
function screen(state: BrowseState, hasSymbols = true): string[] {
  const { lastFrame, unmount } = render(<BrowseView state={state} hasSymbols={hasSymbols} />);
  const lines = stripVTControlCharacters(lastFrame() ?? '').split('\n');
  unmount();
  return lines.map((line) => line.trimEnd());
}

function withText(state: BrowseState, pieces: readonly TextPiece[], isLast = true): BrowseState {
  return reduce(state, { kind: 'page', key: state.document?.key ?? '', page: 0, pieces, isLast });
}

function withReport(state: BrowseState, ...sessions: string[]): BrowseState {
  return reduce(state, { kind: 'report', key: reportKey(state) ?? '', report: reportOf(idOf(0), ...sessions) });
}

describe('BrowseView', () => {
  it('shows the list, the cursor by a mark, and the keys at the bottom', () => {
    const lines = screen(press(listed(3), 'down'));
    expect(lines).toHaveLength(12);
    expect(lines.slice(0, 5)).toEqual([
      'ckpt browse: 3 checkpoints in V1 and V2',
      '2 of 3',
      '  000000000000  2025-06-01  Claude Code   Prompt of 000000000000',
      '▸ 000000000001  2025-06-01  Claude Code   Prompt of 000000000001',
      '  000000000002  2025-06-01  Claude Code   Prompt of 000000000002',
    ]);
    expect(lines[11]).toBe('Enter open  / search  j k move  d difference  v layout  ? help  q quit');
    expect(screen(listed(3), false)[2]).toMatch(/^> 0/);
  });

  it.each([
    [200, 50],
    [80, 24],
    [40, 12],
    [20, 5],
  ])('fills %d × %d exactly, whatever is shown', (columns, rows) => {
    const list = listed(100, { columns, rows });
    const checkpoint = withReport(press(list, 'enter'), '0', '2', '3', '4', '5', '6', '7');
    const states = [
      list,
      press(list, "'/some text"),
      withText(checkpoint, [{ lines: [{ text: 'x'.repeat(500) }] }]),
      withText(press(checkpoint, 'backTab'), [{ heading: 'User', lines: [{ text: 'ü漢'.repeat(100) }] }]),
      press(list, "'?"),
      initialState({ columns, rows }, ['v2'], undefined),
    ];
    for (const lines of states.map((state) => screen(state))) {
      expect(lines).toHaveLength(rows);
      for (const line of lines) expect(stringWidth(line)).toBeLessThan(columns);
      expect(lines.at(-1)).toMatch(/quit$|q quit|^Enter keep|end search/);
    }
  });

  it('shows branch, sessions and layouts where there is room', () => {
    expect(screen(listed(1, { columns: 120, rows: 8 }))[2]).toBe(
      '▸ 000000000000  2025-06-01 10:00  Claude Code   main              2×   v1 v2  Prompt of 000000000000',
    );
  });

  it('leaves out columns for a long ID, not for the label', () => {
    const id = '01M00F7NPMN4JJTK1YS9V4RFCK' as CheckpointId;
    const row = listRow(
      id,
      rowOf(id, { prompt: 'Move the parser to a file of its own', label: 'Move the parser to a file of its own' }),
      78,
    );
    expect(row).toBe('01M00F7NPMN4JJTK1YS9V4RFCK  2025-06-01  Move the parser to a file of its own');
  });

  it('calls the layouts by their names, and says what a key did that the list does not show', () => {
    const list = listed(3);
    const alone = { ...list, layouts: ['refs' as const] };
    expect(screen(alone)[0]).toBe('ckpt browse: 3 checkpoints in git-refs');
    expect(screen(press(list, "'y"))[1]).toBe('Clipboard: 000000000000');
    expect(screen(press(list, "'y", 'down'))[1]).toBe('2 of 3');
    expect(screen(press(alone, "'v"))[1]).toBe('No layout here but git-refs');
  });

  it('shows how far a search is, and what it found', () => {
    const typing = press(listed(100), "'/wide");
    expect(screen(typing).slice(1, 3)).toEqual(['/wide_  0 found, looked at 0 of 100', 'searching …']);
    const step = { found: [idOf(7)], looked: 40, unreadable: 2 };
    const found = reduce(typing, { kind: 'search-step', text: 'wide', step });
    expect(screen(found).slice(1, 3)).toEqual([
      '/wide_  1 found, looked at 40 of 100, 2 not readable',
      '▸ 000000000007  2025-06-01  Claude Code   Prompt of 000000000007',
    ]);
    const none = reduce(typing, { kind: 'search-end', text: 'wide' });
    const shown = screen(press(none, 'enter'));
    expect(shown.slice(1, 3)).toEqual(['/wide  0 found', 'Nothing found (transcripts are not searched here).']);
    expect(shown.at(-1)).toBe('Esc show all  / search  v layout  ? help  q quit');
  });

  it('shows sessions as tabs, the chosen one in brackets and in sight', () => {
    const state = withReport(press(listed(1), 'enter'), '0', '2', '3');
    expect(screen(state).slice(0, 3)).toEqual([
      'Checkpoint 000000000000 in V1',
      '[overview]  session 0  session 2  session 3',
      'reading …',
    ]);
    expect(screen(press(state, 'backTab'))[1]).toBe('… session 2  [session 3]');
  });

  it('shows who says what in a transcript, and how far one is in it', () => {
    const open = press(withReport(press(listed(1), 'enter'), '0'), 'enter');
    const pieces = transcriptPieces([
      { kind: 'prompt', text: cut('Fix it,\nplease.'), at: '2026-02-11T09:31:07.1Z' },
      { kind: 'call', name: 'Bash', work: { form: 'command', command: cut('ls') } },
    ]);
    expect(screen(withText(open, pieces, false)).slice(0, 8)).toEqual([
      'Transcript of 000000000000 in V1',
      'session 0, entry 1 of 2+',
      'User  2026-02-11 09:31Z',
      '  Fix it,',
      '  please.',
      '',
      'Command (Bash)',
      '  $ ls',
    ]);
  });

  it('counts as entries what is one: not why there is none, or no more', () => {
    const open = press(withReport(press(listed(1), 'enter'), '0'), 'enter');
    const error = errorPieces('there is no transcript');
    const entry = transcriptPieces([{ kind: 'prompt', text: cut('Fix it'), at: undefined }]);
    const subtitle = (...pieces: TextPiece[]) => screen(withText(open, pieces))[1];
    expect(subtitle()).toBe('session 0');
    expect(subtitle(...error)).toBe('session 0');
    expect(subtitle(...entry)).toBe('session 0, entry 1 of 1');
    expect(subtitle(...entry, ...error)).toBe('session 0, entry 1 of 1');
  });

  it('names the keys of a search in a transcript, while it is typed and after', () => {
    const open = press(withReport(press(listed(1), 'enter'), '0'), 'enter');
    const text = withText(open, transcriptPieces([{ kind: 'prompt', text: cut('Fix it'), at: undefined }]), false);
    const typing = press(text, "'/fix");
    expect(screen(typing).at(-1)).toBe('Enter keep  Esc end search  Ctrl-C quit');
    expect(screen(press(typing, 'enter')).at(-1)).toMatch(/^Esc back {2}n N matches {2}Enter open/);
  });

  it('obeys nothing that a repository holds', () => {
    const evil = '\x1b]0;title\x07\x1b[2J\u202e\r';
    const row = rowOf(idOf(0), { prompt: evil, agents: [evil], branch: evil });
    const list = reduce(listed(1, { columns: 160, rows: 12 }), { kind: 'rows', layout: undefined, rows: [row] });
    const transcript = withText(press(list, 'enter'), transcriptPieces([{ kind: 'prompt', text: cut(evil) }]));
    const broken = { kind: 'rows', layout: undefined, rows: [{ checkpoint: idOf(0), error: evil }] } as const;
    for (const state of [list, transcript, reduce(list, broken)]) {
      const { lastFrame, unmount } = render(<BrowseView state={state} hasSymbols />);
      expect(lastFrame()).not.toMatch(/\x07|\x1b\]|\x1b\[2J|\u202e|\r/);
      expect(stripVTControlCharacters(lastFrame() ?? '')).toContain('\\x1b]0;title');
      unmount();
    }
  });
});
