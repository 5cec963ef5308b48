import { describe, expect, it } from 'vitest';
import { lastScreen, moved, type TextPiece, visibleRows } from '../../../src/ui/browse/scroll.ts';
import { wrap } from '../../../src/ui/wrap.ts';

describe('wrap', () => {
  it('breaks between words, a long path behind a slash, and other long words anywhere', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('src/commands/all.ts 20:11Z', 14)).toEqual(['src/commands/', 'all.ts 20:11Z']);
    expect(wrap('read: src/commands/all.ts', 17)).toEqual(['read: src/', 'commands/all.ts']);
    expect(wrap('a/bcdefghijklmn', 10)).toEqual(['a/bcdefghi', 'jklmn']);
    expect(wrap('a\n\nb', 4)).toEqual(['a', '', 'b']);
    expect(wrap('', 4)).toEqual(['']);
  });

  it('counts columns, not characters, and cuts no letter in two', () => {
    expect(wrap('漢字漢字', 4)).toEqual(['漢字', '漢字']);
    expect(wrap('👩‍👩‍👧👩‍👩‍👧', 2)).toEqual(['👩‍👩‍👧', '👩‍👩‍👧']);
    expect(wrap('漢', 1)).toEqual(['漢']);
  });
});

describe('a screen over pieces', () => {
  const pieces: TextPiece[] = [
    { heading: 'User', lines: [{ text: 'one two three' }] },
    { lines: [{ text: 'plain' }] },
    { heading: 'Assistant', lines: [{ text: 'four' }] },
  ];
  const window = { first: 10, pieces };
  const start = { piece: 10, row: 0 };

  it('shows headings and indented text', () => {
    const rows = visibleRows(window, start, 9, 20).map(({ text }) => text);
    expect(rows).toEqual(['User', '  one two', '  three', '', 'plain', 'Assistant', '  four', '']);
    expect(visibleRows(window, { piece: 10, row: 2 }, 9, 3).map(({ text }) => text)).toEqual(['  three', '', 'plain']);
  });

  it('indents what a line without a heading goes on with: below its value in a table, where there is room', () => {
    const rows = (text: string, columns: number, heading?: string) =>
      visibleRows({ first: 0, pieces: [{ heading, lines: [{ text }] }] }, { piece: 0, row: 0 }, columns, 20).map(
        (row) => row.text,
      );
    expect(rows('  tokens  12 in, 36 out, 7 read', 22)).toEqual(['  tokens  12 in, 36', '          out, 7 read']);
    // A word that is longer than the room beside the label has more below it.
    expect(rows('  created  2026-04-24T20:11Z', 22)).toEqual(['  created', '    2026-04-24T20:11Z']);
    expect(rows('  read from  refs/heads/entire/v1', 24)).toEqual(['  read from', '    refs/heads/entire/v1']);
    expect(rows('  created  2026-04-24', 22)).toEqual(['  created  2026-04-24']);
    expect(rows('  a long label  and its value', 22)).toEqual(['  a long label  and', '    its value']);
    expect(rows('· 8 lines of bookkeeping', 14)).toEqual(['· 8 lines of', '  bookkeeping']);
    expect(rows('漢字漢字漢字', 6)).toEqual(['漢字漢', '  字漢', '  字']);
    expect(rows('text', 20, 'Edit: a/long/path.ts  20:11Z')).toEqual([
      'Edit: a/long/path.ts',
      '  20:11Z',
      '  text',
      '',
    ]);
  });

  it('moves over pieces, to a full last screen', () => {
    expect(moved(window, start, 1, 9, 4)).toEqual({ piece: 10, row: 1 });
    expect(moved(window, start, 4, 9, 4)).toEqual({ piece: 11, row: 0 });
    expect(moved(window, start, 100, 9, 4)).toEqual(lastScreen(window, 9, 4));
    expect(lastScreen(window, 9, 4)).toEqual({ piece: 11, row: 0 });
    expect(moved(window, { piece: 11, row: 0 }, -2, 9, 4)).toEqual({ piece: 10, row: 2 });
    expect(moved(window, start, -5, 9, 4)).toEqual(start);
    expect(moved(window, start, 3, 9, 40)).toEqual(start); // all of it is on the screen
  });
});
