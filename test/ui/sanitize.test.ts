import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitize, sanitizeBlock, stringifyJson } from '../../src/ui/sanitize.ts';

describe('sanitize', () => {
  it.each([
    ['a color sequence', '\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['an OSC 8 link', '\u001b]8;;https://x\u0007here', '\\x1b]8;;https://x\\x07here'],
    ['a C1 control sequence introducer', '\u009b2J', '\\u009b2J'],
    ['DEL and NUL', 'a\u007fb\u0000', 'a\\x7fb\\x00'],
    ['carriage return, line feed, tab', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['a bidi override', 'a\u202eb\u202c', 'a\\u202eb\\u202c'],
    ['bidi isolates and marks', '\u2066\u2069\u200e\u061c', '\\u2066\\u2069\\u200e\\u061c'],
    ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['a tag character', '\u{e0041}', '\\u{e0041}'],
    ['half a surrogate pair', 'a\ud800b', 'a\\ud800b'],
  ])('shows %s as visible escapes', (_what, text, expected) => {
    expect(sanitize(text)).toBe(expected);
  });

  it('leaves text as it is: accents, scripts, emoji with joiners', () => {
    const text = 'naïve – 日本語 – עברית – 👩‍💻 – C:\\x1b';
    expect(sanitize(text)).toBe(text);
  });

  it('lets nothing through that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(sanitize(text)).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        expect(sanitizeBlock(text).replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('sanitizeBlock', () => {
  it('keeps lines and tabs', () => {
    expect(sanitizeBlock('a\n\tb\r\u001b[K')).toBe('a\n\tb\\r\\x1b[K');
  });
});

describe('stringifyJson', () => {
  it('parses back to the same value and holds no control character but line feeds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        const text = stringifyJson(value);
        expect(JSON.parse(text)).toEqual({ ...value });
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
