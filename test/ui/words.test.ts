import { describe, expect, it } from 'vitest';
import { alignColumns } from '../../src/ui/align-columns.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../../src/ui/words.ts';

describe('words', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ])('writes the count %d as %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it('takes the plural where it belongs', () => {
    expect([countOf(1, 'commit'), countOf(0, 'commit'), countOf(2000, 'entry', 'entries')]).toEqual([
      '1 commit',
      '0 commits',
      '2,000 entries',
    ]);
  });

  it.each([
    [0.4, '0 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [59_949, '59.9 s'],
    [59_990, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('writes %d milliseconds as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [3_449, '3.4 kB'],
    [9_949, '9.9 kB'],
    [9_950, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [700_000_000, '700 MB'],
    [2_500_000_000_000_000, '2500 TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('aligns columns and leaves no space at the end', () => {
    expect(
      alignColumns([
        ['a', 'bbb', ''],
        ['aaa', 'b', 'c'],
      ]),
    ).toEqual(['a    bbb', 'aaa  b    c']);
  });

  it('aligns letters that take two columns, or none', () => {
    const e = 'e\u0301';
    expect(
      alignColumns([
        ['日本', 'x'],
        ['abcd', 'x'],
        [e, 'x'],
      ]),
    ).toEqual(['日本  x', 'abcd  x', `${e}     x`]);
  });
});
