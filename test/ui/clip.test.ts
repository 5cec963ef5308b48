import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { clip, clipStart, lettersOf, padTo, widthOf } from '../../src/ui/clip.ts';

describe('clip', () => {
  it('keeps what fits, and counts columns', () => {
    expect(clip('abc', 3)).toBe('abc');
    expect(clip('abcd', 3)).toBe('ab…');
    expect(clip('代码提交', 5)).toBe('代码…');
    expect(clip('👩‍👩‍👧x', 2)).toBe('…');
    expect(clip('abc', 0)).toBe('');
    expect(clip('abc', Number.POSITIVE_INFINITY)).toBe('abc');
  });

  it('keeps the end of a path', () => {
    expect(clipStart('src/inspect/list.ts', 10)).toBe('…t/list.ts');
    expect(clipStart('a.ts', 10)).toBe('a.ts');
  });

  it('counts plain text as all other text', () => {
    const text = fc.oneof(fc.string({ unit: 'binary-ascii' }), fc.string({ unit: 'grapheme' }));
    fc.assert(fc.property(text, (one) => widthOf(one) === stringWidth(one)));
    for (const one of ['', ' ', '…', '·', '—', '\x1b[1mbold\x1b[0m', 'a\tb', '\x7f'])
      expect(widthOf(one)).toBe(stringWidth(one));
  });

  it('cuts plain text into letters as all other text', () => {
    const text = fc.oneof(fc.string({ unit: 'binary-ascii' }), fc.string({ unit: 'grapheme' }), fc.constant('a…·—b'));
    const segmenter = new Intl.Segmenter();
    fc.assert(
      fc.property(text, (one) => {
        expect([...lettersOf(one)]).toEqual(Array.from(segmenter.segment(one), ({ segment }) => segment));
      }),
    );
  });

  it('fills up to columns', () => {
    expect(widthOf(padTo('代码', 6))).toBe(6);
    expect(padTo('abc', 2)).toBe('abc');
  });
});
