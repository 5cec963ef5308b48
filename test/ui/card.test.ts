import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { card } from '../../src/ui/card.ts';

const OPTIONS = { title: 'ckpt migrate', isOk: true, columns: 60, color: 0, symbols: true } as const;

describe('card', () => {
  it('is as wide as its text', () => {
    expect(card('Migrated 12 checkpoints.\n\nNext: ckpt verify\n', OPTIONS)).toBe(
      [
        '╭─ ✓ ckpt migrate ─────────╮',
        '│ Migrated 12 checkpoints. │',
        '│                          │',
        '│ Next: ckpt verify        │',
        '╰──────────────────────────╯',
        '',
      ].join('\n'),
    );
  });

  it('has room for its title, and says by a word or a mark that something is wrong', () => {
    expect(card('No.\n', { ...OPTIONS, isOk: false })).toMatch(/^╭─ ✗ ckpt migrate ─╮\n│ No\. +│\n╰─+╯\n$/);
    expect(card('No.\n', { ...OPTIONS, isOk: false, symbols: false })).toMatch(
      /^\+- not ok ckpt migrate -\+\n\| No\. /,
    );
  });

  it.each([30, 40, 61, 80, 200])('fits into %d columns, whatever the text', (columns) => {
    const text = `${'word '.repeat(40)}\n  ${'x'.repeat(150)}\n漢字${'漢字'.repeat(60)}\n\n    a  b\n`;
    const widths = card(text, { ...OPTIONS, columns })
      .trimEnd()
      .split('\n')
      .map((line) => stringWidth(line));
    expect(new Set(widths).size).toBe(1);
    expect(widths[0]).toBeLessThan(columns);
  });

  it('loses no text', () => {
    const text = `first ${'second '.repeat(30)}last\n  ${'0123456789'.repeat(9)}\n`;
    const shown = card(text, { ...OPTIONS, columns: 40 })
      .replace(/^[╭╰].*$/gm, '')
      .replace(/[│\s]/g, '');
    expect(shown).toBe(text.replace(/\s/g, ''));
  });

  it('has no frame where there is no room for one', () => {
    expect(card('one two three\n', { ...OPTIONS, columns: 10 })).toBe('one two\n  three\n');
  });

  it('colours the frame alone', () => {
    expect(card('No.\n', { ...OPTIONS, color: 1 })).toContain('\x1b[32m│\x1b[39m No.');
    expect(card('No.\n', { ...OPTIONS, isOk: false, color: 1 })).toContain('\x1b[31m│\x1b[39m No.');
  });
});
