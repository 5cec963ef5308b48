import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markdownHtml } from '../../../src/ui/export/markdown-html.ts';
import { runs } from '../../fixtures/scale.ts';

/** The elements that a page may have for what somebody said, with the attributes that they may have. */
const ELEMENTS =
  /<\/?(?:p|pre|code|em|strong|del|ul|ol(?: start="\d+")?|li|blockquote|h4|hr|br|table|thead|tbody|tr|t[hd](?: align="(?:left|right|center)")?)>/g;

test.each([
  ['# A *title*', '<h4>A <em>title</em></h4>'],
  ['run `a <b>` and\nthen', '<p>run <code>a &lt;b&gt;</code> and\nthen</p>'],
  ['```js\na < "b"\n```', '<pre>a &lt; &quot;b&quot;</pre>'],
  ['- [x] one\n- [ ] two', '<ul>\n<li>[x] one</li>\n<li>[ ] two</li>\n</ul>'],
  ['[here](https://a.b/c) and https://a.b/', '<p>here (https://a.b/c) and https://a.b/</p>'],
  ['[x](javascript:1)', '<p>x (javascript:1)</p>'],
  ['![pic](https://a.b/c.png)', '<p>![pic](https://a.b/c.png)</p>'],
  [
    '<script>a & b</script> <pre>x < y</pre>',
    '<p>&lt;script&gt;a &amp; b&lt;/script&gt; &lt;pre&gt;x &lt; y&lt;/pre&gt;</p>',
  ],
  ['> said', '<blockquote>\n<p>said</p>\n</blockquote>'],
])('%j is %j', (markdown, html) => {
  expect(markdownHtml(markdown)).toBe(html);
});

test('what lies in each other thousands of times, or is very long, is text', () => {
  const quotes = `<p>${'&gt;'.repeat(5000)}</p>`;
  expect(markdownHtml('>'.repeat(5000)) === quotes).toBe(true);
  const long = '*a* '.repeat(10_000).trim();
  expect(markdownHtml(long) === `<p>${long}</p>`).toBe(true);
});

test('has no other element and no other attribute, whatever the text is', () => {
  const pieces = fc.constantFrom(
    ...[
      '<script>',
      '</script>',
      '<pre>',
      '<img src=x onerror=a>',
      '<!--',
      '&lt;',
      '](javascript:1)',
      '[a',
      '![a',
      '`',
      '```',
      '*',
    ],
    ...[
      '_',
      '~~',
      '#',
      '> ',
      '- ',
      '1. ',
      '|',
      '|-|\n',
      '\n',
      '\n\n',
      ' ',
      '    ',
      '"',
      "'",
      '<https://x">',
      'www.a.b',
      '\\',
      'a',
    ],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const rest = markdownHtml(parts.join('')).replaceAll(ELEMENTS, '');
      expect(rest).not.toMatch(/[<>"']/);
    }),
    { numRuns: runs(6000) },
  );
});
