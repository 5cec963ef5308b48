import { describe, expect, it } from 'vitest';
import { widthOf } from '../../src/ui/clip.ts';
import { wrap } from '../../src/ui/wrap.ts';

describe('lines that are wrapped', () => {
  it.each(['代码提交', 'a…b', 'naïve · 代', '👩‍👩‍👧x'])('hold all of the text, and are not too wide: %s', (piece) => {
    const text = Array.from({ length: 200 }, () => piece).join(' ');
    for (const columns of [10, 39, 80]) {
      const lines = wrap(text, columns);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }
  });

  it.each(['代', '…', 'a…'])('take time in proportion to a long text of %s', (piece) => {
    // For each line its own letters are asked for, not those of all that follows, which took minutes.
    const text = piece.repeat(400_000);
    expect(wrap(text, 80).join('')).toBe(text);
  });
});
