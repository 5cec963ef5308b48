import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSessionMetadata, parseSummary, trySessionMetadata } from '../../src/checkpoint/metadata.ts';

const read = (value: unknown) => parseSummary(Buffer.from(JSON.stringify(value)));

describe('a summary', () => {
  it('keeps unknown fields, and takes known ones of another type for absent', () => {
    expect(
      read({
        newer: [1],
        checkpoint_id: 5,
        branch: 'main',
        checkpoints_count: '3',
        files_touched: ['a', 1],
        token_usage: { input_tokens: 1, output_tokens: null, more: 'x' },
      }),
    ).toEqual({ newer: [1], branch: 'main', token_usage: { input_tokens: 1, more: 'x' } });
  });

  it('lists as many sessions as the file does', () => {
    const sessions = [{ metadata: '/0', prompt: 7, other: 7 }, null, 5, 'x', []];
    expect(read({ sessions }).sessions).toEqual([{ metadata: '/0', other: 7 }, {}, {}, {}, {}]);
    expect(read({ sessions: {} }).sessions).toBeUndefined();
  });

  it.each(['', '[]', 'null', '5', '{', '\ufeff{}'])('is not %j', (text) => {
    expect(() => parseSummary(Buffer.from(text))).toThrow(SyntaxError);
    expect(() => parseSessionMetadata(Buffer.from(text))).toThrow(SyntaxError);
    expect(trySessionMetadata(Buffer.from(text))).toBeUndefined();
  });
});

describe("a session's metadata", () => {
  it('has texts, or nothing, where a text belongs', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('session_id', 'created_at', 'agent', 'x'), fc.jsonValue()), (value) => {
        const metadata = parseSessionMetadata(Buffer.from(JSON.stringify(value)));
        expect(trySessionMetadata(Buffer.from(JSON.stringify(value)))).toEqual(metadata);
        for (const name of ['session_id', 'created_at', 'agent'] as const) {
          expect(metadata[name]).toBe(typeof value[name] === 'string' ? value[name] : undefined);
        }
      }),
    );
  });
});
