import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FoundSecret, findSecrets, secretsInWindows } from '../../src/redaction/finder.ts';
import { builtChild } from '../fixtures/child.ts';
import { IS_THOROUGH, runs, share } from '../fixtures/scale.ts';
import { inLines } from './lines.ts';
import { anySecret } from './secrets.ts';

/** Smaller than in the program by far, so that each text has many; `before` must hold what is decoded together. */
const WINDOWS = { size: 3000, before: 1 << 15, after: 6000 };

const filler = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
  fc
    .tuple(
      fc.constantFrom('\\', '"', '\\"', '\\\\', 'word ', 'A', 'key=', '%3D', '\x1b[32m', '\\u0070', '\n', 'Zm9v'),
      fc.nat(4000),
    )
    .map(([part, length]) => part.repeat(Math.ceil(length / part.length))),
);
const escaped = (text: string, times: number): string =>
  times === 0 ? text : escaped(JSON.stringify(text).slice(1, -1), times - 1);
const planted = fc
  .tuple(
    anySecret,
    filler,
    fc.constantFrom(0, 1, 2, 3),
    fc.constantFrom('as it is', 'base64', 'base64 in lines', 'percent'),
  )
  .map(([{ text }, around, times, encoding]) => {
    const plain = escaped(` ${text} `, times);
    if (encoding.startsWith('base64')) {
      const encoded = Buffer.from(`these are words ${around}${plain}${around}`).toString('base64');
      return ` ${encoding === 'base64' ? encoded : inLines(encoded, 76).join('\\r\\n')} `;
    }
    return encoding === 'percent' ? encodeURIComponent(plain) : plain;
  });
const content = fc.array(fc.oneof(filler, planted), { minLength: 8, maxLength: 40 }).map((parts) => parts.join(''));

/** What lies in a secret, whatever found it: what is replaced. */
function covered(found: readonly FoundSecret[]): string[] {
  const places: Array<{ start: number; end: number }> = [];
  for (const { start, end } of found.toSorted((a, b) => a.start - b.start)) {
    const last = places.at(-1);
    if (last === undefined || start > last.end) places.push({ start, end });
    else last.end = Math.max(last.end, end);
  }
  return places.map(({ start, end }) => `${start}-${end}`);
}

test('what is scanned in windows has the secrets that it has as a whole', () => {
  let long = 0;
  fc.assert(
    fc.property(content, fc.nat(WINDOWS.size), (text, shift) => {
      const bytes = Buffer.from(' '.repeat(shift) + text);
      if (bytes.length > 3 * WINDOWS.size + WINDOWS.after) long++;
      expect(covered(secretsInWindows(bytes, WINDOWS))).toEqual(covered(findSecrets(bytes)));
    }),
    { numRuns: runs(600) },
  );
  expect(long).toBeGreaterThan(0);
});

test.each([1, 2, 3, 63, 64, 65])('%i backslashes more than a window has', (more) => {
  const secret = `gh${'p_'}${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'}`;
  // With something before them the backslashes before a window decide whether the last one escapes.
  for (const before of ['', 'x', 'xx']) {
    const text = `${before}${'\\'.repeat(3 * WINDOWS.before + more)}u0067${secret.slice(1)} end`;
    const bytes = Buffer.from(text);
    expect(covered(secretsInWindows(bytes, WINDOWS))).toEqual(covered(findSecrets(bytes)));
  }
});

test('a token and a text in base64 that are longer than a window', () => {
  const jwt = ['eyJhbGciOiJIUzI1NiJ9', `eyJ${'aB3dE5gH7'.repeat(9)}`, 'aB3dE5gH7jK9mN1pQ3sT'.repeat(2000)].join('.');
  const secret = `gh${'p_'}${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'}`;
  const base64 = Buffer.from(`${'some words '.repeat(4000)}${secret} ${'and more '.repeat(4000)}`).toString('base64');
  const bytes = Buffer.from(`${'x '.repeat(5000)}${jwt} then "${base64}" ${'y '.repeat(5000)}`);
  const found = covered(secretsInWindows(bytes, WINDOWS));
  expect(found).toEqual(covered(findSecrets(bytes)));
  const start = bytes.indexOf(jwt);
  expect(found).toHaveLength(2);
  expect(found[0]).toBe(`${start}-${start + jwt.length}`);
});

test('an escape that nothing follows for more than a window', () => {
  const secret = `gh${'p_'}${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'}`;
  const bytes = Buffer.from(`x\\u0067${secret.slice(1)} ${'. '.repeat(WINDOWS.before)}`);
  expect(covered(secretsInWindows(bytes, WINDOWS))).toEqual([`1-${1 + secret.length + 5}`]);
});

const PARTS = ['The quick brown fox jumps over the lazy dog. ', '\\"', '\\\\'];

test.runIf(IS_THOROUGH).each(share(PARTS, 5))('a line of 60 MB takes at most twice that: %j', (part) => {
  const child = builtChild(new URL('children/redact-line.ts', import.meta.url));
  const grown = Number(execFileSync(process.execPath, [child, part, '60'], { encoding: 'utf8' }));
  expect(grown).toBeGreaterThan(60);
  expect(grown).toBeLessThan(120);
});
