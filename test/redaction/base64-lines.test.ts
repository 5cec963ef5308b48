import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadRedactor, MARKER } from '../../src/redaction/redactor.ts';
import { inLines } from './lines.ts';
import { redactAll } from './redact.ts';
import { oneOf } from './secrets.ts';

const redactor = await loadRedactor();
const numbered = (lines: readonly string[]): string =>
  lines.map((line, index) => `${String(index + 1).padStart(6)}→${line}`).join('\n');

/** How lines of base64 stand in a transcript. */
const SHAPES: ReadonlyArray<readonly [string, (lines: readonly string[]) => string]> = [
  ['lines', (lines) => lines.join('\n')],
  ['lines of Windows', (lines) => lines.join('\r\n')],
  ['indented lines', (lines) => lines.join('\n    ')],
  ['a listing with line numbers', numbered],
  ['a JSON string', (lines) => JSON.stringify({ content: `$ base64 x\n${lines.join('\n')}\n` })],
  ['a JSON string with lines of Windows', (lines) => JSON.stringify({ content: lines.join('\r\n') })],
  ['JSON in JSON', (lines) => JSON.stringify({ json: JSON.stringify({ content: lines.join('\n') }) })],
  ['a listing in JSON', (lines) => JSON.stringify({ content: numbered(lines) })],
];

it.each(SHAPES)('a secret goes over the lines of base64 in %s', async (_name, shape) => {
  const offsets = fc.nat(80);
  await fc.assert(
    fc.asyncProperty(offsets, fc.constantFrom(60, 64, 76), fc.nat(12), async (offset, length, before) => {
      const { text: secret } = oneOf('GitHub token');
      const words = 'settings of the deployment\n';
      const content = `${words.repeat(before + 1)}${'x'.repeat(offset)} TOKEN=${secret}\n${words.repeat(9)}`;
      const lines = inLines(Buffer.from(content).toString('base64'), length);
      const input = shape(lines);
      const { text, count } = await redactAll(input, 'jsonl', [97]);
      expect(count).toBe(1);
      // What goes are the groups of four characters that hold a part of the secret; a group lies in one line.
      const [head = '', tail = ''] = text.split(MARKER);
      expect([input.startsWith(head), input.endsWith(tail)]).toEqual([true, true]);
      const gone = input.slice(head.length, input.length - tail.length);
      const at = content.indexOf(secret);
      const encoded = lines.join('');
      const [first, last] = [Math.floor(at / 3) * 4, Math.ceil((at + secret.length) / 3) * 4];
      expect(gone.slice(0, 4)).toBe(encoded.slice(first, first + 4));
      expect(gone.slice(-4)).toBe(encoded.slice(last - 4, last));
      expect(await redactAll(text, 'jsonl')).toMatchObject({ text, count: 0 });
    }),
    { numRuns: 60 },
  );
});

it('an image in lines of base64 stays as it is', async () => {
  const bytes = Buffer.from(Array.from({ length: 30_000 }, (_, index) => (index * 7919 + (index >> 3)) & 0xff));
  const text = inLines(bytes.toString('base64'), 76).join('\n');
  expect(await redactor.redactText(text)).toEqual({ text, count: 0 });
});
