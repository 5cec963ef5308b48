import { describe, expect, it } from 'vitest';
import { alignColumns, countOf, formatCount, formatDuration } from '../../src/ui/words.ts';

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

  it('aligns columns and leaves no space at the end', () => {
    expect(
      alignColumns([
        ['a', 'bbb', ''],
        ['aaa', 'b', 'c'],
      ]),
    ).toEqual(['a    bbb', 'aaa  b    c']);
  });
});
