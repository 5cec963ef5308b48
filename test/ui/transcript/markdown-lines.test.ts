import { expect, it } from 'vitest';
import { markdownLines } from '../../../src/ui/transcript/markdown-lines.ts';

const text = (markdown: string) => markdownLines(markdown).map((line) => line.text);

it('shows headings, emphasis and links as text', () => {
  expect(markdownLines('# A **bold** title\n\nSee [docs](https://x/y) and `a**b**` &amp; \\*this\\*.')).toEqual([
    { text: 'A bold title', look: 'heading' },
    { text: '' },
    { text: 'See docs (https://x/y) and `a**b**` & *this*.' },
  ]);
});

it('leaves code as it is', () => {
  const lines = markdownLines('```ts\nconst a = **b**;\n\n  c();\n```');
  expect(lines.map((line) => line.text)).toEqual(['    const a = **b**;', '    ', '      c();']);
  expect(lines.every(({ look }) => look === 'code')).toBe(true);
});

it('shows lists, tasks and quotes', () => {
  expect(text('- one\n  - inner\n- two\n\n3. three\n4. four\n\n- [x] done\n- [ ] open')).toEqual([
    '• one',
    '  • inner',
    '• two',
    '',
    '3. three',
    '4. four',
    '',
    '• [x] done',
    '• [ ] open',
  ]);
  expect(text('> said\n> twice')).toEqual(['│ said', '│ twice']);
});

it('aligns tables by the width of what is in them', () => {
  expect(text('| a | name |\n| - | - |\n| 漢字 | x |\n| b | `y` |')).toEqual([
    'a     name',
    '────  ────',
    '漢字  x',
    'b     `y`',
  ]);
});

it('keeps what is not Markdown', () => {
  expect(text('<b>bold</b> a < b\nnext line')).toEqual(['<b>bold</b> a < b', 'next line']);
  expect(text('<div>\nraw\n</div>')).toEqual(['<div>', 'raw', '</div>']);
});

it('thousands of quotes in each other are text', () => {
  const quotes = '>'.repeat(5000);
  expect(text(quotes).join() === quotes).toBe(true);
});
