import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differingLines } from '../../src/compare/line-window.ts';
import { unifiedPatch } from '../../src/compare/unified-patch.ts';

/** A text in pieces of any size. */
async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const names = { left: 'a', right: 'b' };

async function patchOf(left: string, right: string, size = 7) {
  const windows = await differingLines(inPieces(left, size), inPieces(right, size));
  return windows && unifiedPatch(names, windows);
}

const numbered = (count: number, change: (at: number) => string | undefined = () => undefined) =>
  Array.from({ length: count }, (_, at) => `${change(at) ?? `line ${at}`}\n`).join('');

describe('the patch of two texts', () => {
  test('turns one into the other, whatever they are', async () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'ü', '', '{"x":1}'), { maxLength: 30 })
      .chain((lines) => fc.boolean().map((ends) => lines.join('\n') + (ends ? '\n' : '')));
    await fc.assert(
      fc.asyncProperty(text, text, fc.integer({ min: 1, max: 9 }), async (left, right, size) => {
        const patch = await patchOf(left, right, size);
        if (left === right) expect(patch).toBeUndefined();
        else expect(applyPatch(left, patch?.text ?? '')).toBe(right);
      }),
    );
  });

  test('counts lines from the beginning of the texts', async () => {
    const patch = await patchOf(
      numbered(5000),
      numbered(5000, (at) => (at === 4321 ? 'other' : undefined)),
      4096,
    );
    expect(patch?.text).toContain('@@ -4319,7 +4319,7 @@');
    expect(patch?.isCut).toBe(false);
  });

  test('does not go to the end of long texts, nor tell what follows from that', async () => {
    const patch = await patchOf(
      numbered(5000),
      numbered(5000, (at) => (at === 10 ? 'line 10\nnew' : undefined)),
      4096,
    );
    expect(patch?.isCut).toBe(true);
    expect(patch?.text.split('\n').filter((line) => /^[-+](?![-+])/.test(line))).toEqual(['+new']);
  });

  test('is bounded where much differs', async () => {
    const some = await patchOf(
      numbered(800),
      numbered(800, (at) => (at % 10 === 0 ? 'x' : undefined)),
      4096,
    );
    expect(some?.isCut).toBe(true);
    expect(some?.text.split('\n').filter((line) => /^[-+ ](?![-+])/.test(line))).toHaveLength(200);
    expect(applyPatch(numbered(800), some?.text ?? '')).not.toBe(false);
    const all = await patchOf(
      numbered(900),
      numbered(900, (at) => `other ${at}`),
      4096,
    );
    expect(all?.isCut).toBe(true);
    expect(all?.text.split('\n').length).toBeLessThan(50);
  });

  test('tells long lines apart by what it does not show', async () => {
    const long = (end: string) => `${'x'.repeat(300_000)}${end}\n`;
    expect(await patchOf(long('a'), long('a'), 65_536)).toBeUndefined();
    const patch = await patchOf(long('a'), long('b'), 65_536);
    expect(patch?.text.length).toBeLessThan(20_000);
    const [removed, added] = patch?.text.split('\n').filter((line) => /^[-+]x/.test(line)) ?? [];
    expect(removed).toMatch(/more bytes, SHA-256 [0-9a-f]{12}\)$/);
    expect(removed?.slice(1)).not.toBe(added?.slice(1));
  });
});
