import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, chunkTranscript } from '../../src/checkpoint/transcript-chunks.ts';
import { IS_THOROUGH } from '../fixtures/scale.ts';
import { joined, parts, piecesOf } from '../stores/transcripts.ts';

const NEWLINE = 0x0a;

describe('chunkTranscript', () => {
  it.each<[string, string, number, string[]]>([
    ['nothing at all', '', 10, ['']],
    ['what fits', 'one\ntwo\n', 8, ['one\ntwo\n']],
    ['one byte too many, at a line end', 'one\ntwo\n', 7, ['one', 'two\n']],
    ['as many lines as fit', 'a\nb\nc\nd\n', 4, ['a\nb', 'c\nd\n']],
    ['no final newline', 'one\ntwo\nthree', 7, ['one\ntwo', 'three']],
    ['a line that is longer than a piece', 'a\nlonger than five\nb\n', 5, ['a', 'longer than five', 'b\n']],
    ['one line that is longer than a piece, first', 'longer than five\na\n', 5, ['longer than five', 'a\n']],
    ['one line alone that is longer than a piece', 'longer than five\n', 5, ['longer than five\n']],
    ['CRLF', 'one\r\ntwo\r\n', 5, ['one\r', 'two\r\n']],
    ['empty lines', 'a\n\n\nb\n', 2, ['a\n', '\nb\n']],
    ['a JSON value in the first line', '{"a":1}\n{"b":2}\n{"c":3}\n', 16, ['{"a":1}\n{"b":2}', '{"c":3}\n']],
    ['a first JSON line that is longer than a piece', '{"a":1}\n{"b":2}\n', 4, ['{"a":1}', '{"b":2}\n']],
    ['one object without messages, on several lines', '{\n"a":\n1\n}\n', 5, ['{', '"a":', '1\n}\n']],
    [
      'one object, by its messages',
      '{"messages":[1,2,3]}',
      17,
      ['{"messages":[1]}', '{"messages":[2]}', '{"messages":[3]}'],
    ],
    [
      'one object with a final newline, by its messages',
      '{"messages":[1,2]}\n',
      18,
      ['{"messages":[1]}\n', '{"messages":[2]}\n'],
    ],
  ])('splits %s', async (_, text, limit, expected) => {
    expect((await piecesOf(Buffer.from(text), { limit })).map(String)).toEqual(expected);
  });

  it('tells the SHA-256 of the whole', async () => {
    const content = Buffer.from('one\ntwo\nthree\n');
    const { contentHash, pieces } = await chunkTranscript(parts([content]), async () => {}, 5);
    expect(contentHash).toBe(`sha256:${createHash('sha256').update(content).digest('hex')}`);
    expect(pieces).toBe(3);
  });

  it.runIf(IS_THOROUGH)('keeps a transcript whole up to 50 MiB, and splits one that is larger', async () => {
    const line = Buffer.from(`${JSON.stringify({ type: 'user', text: 'x'.repeat(1000) })}\n`);
    const lines = Math.floor(CHUNK_BYTES / line.length);
    async function* source(count: number) {
      for (let i = 0; i < count; i++) yield line;
    }
    const sizes: number[] = [];
    const take = async (piece: Buffer) => {
      sizes.push(piece.length);
    };
    await chunkTranscript(source(lines), take);
    expect(sizes).toEqual([lines * line.length]);
    sizes.length = 0;
    const { contentHash } = await chunkTranscript(source(lines + 2), take);
    expect(sizes).toEqual([lines * line.length - 1, 2 * line.length]);
    const hash = createHash('sha256');
    for await (const part of source(lines + 2)) hash.update(part);
    expect(contentHash).toBe(`sha256:${hash.digest('hex')}`);
  });

  const text = fc
    .array(fc.oneof(fc.constantFrom('', '\r', '{', '}', '{"messages":[1,2]}', '{"a":1}'), fc.string({ maxLength: 12 })))
    .map((lines) => Buffer.from(lines.join('\n')));
  const object = fc
    .tuple(
      fc.array(fc.jsonValue(), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(undefined, 1, 2, '\t'),
      fc.constantFrom('', '\n', '\r\n', '\n\n'),
      fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue()),
    )
    .map(([messages, indent, end, more]) => Buffer.from(JSON.stringify({ ...more, messages }, null, indent) + end));
  const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));
  const content = fc.oneof(text, object, bytes);
  const limit = fc.integer({ min: 1, max: 60 });
  const sizes = fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 8 });

  it('holds a long line once: what comes in a part of a megabyte or more is not copied', async () => {
    const part = Buffer.concat([
      Buffer.from('{"type":"user","text":"'),
      Buffer.alloc(1 << 20, 'x'),
      Buffer.from('"}\n'),
    ]);
    const pieces: Buffer[] = [];
    const { contentHash } = await chunkTranscript(
      parts([part]),
      async (piece) => {
        pieces.push(piece);
      },
      1 << 16,
    );
    expect(pieces.map(({ buffer, length }) => [buffer === part.buffer, length])).toEqual([[true, part.length]]);
    expect(contentHash).toBe(`sha256:${createHash('sha256').update(part).digest('hex')}`);
  });

  it('copies smaller parts, whose memory may be used again', async () => {
    const memory = Buffer.alloc(4);
    async function* reused() {
      for (const line of ['{1}\n', '{2}\n', '{3}\n']) {
        memory.write(line);
        yield memory;
      }
    }
    const pieces: string[] = [];
    await chunkTranscript(reused(), async (piece) => {
      pieces.push(piece.toString());
    });
    expect(pieces).toEqual(['{1}\n{2}\n{3}\n']);
  });

  it('gives pieces that are the transcript again when they are put together', async () => {
    await fc.assert(
      fc.asyncProperty(content, limit, sizes, async (whole, max, cuts) => {
        const pieces = await piecesOf(whole, { limit: max, sizes: cuts });
        expect((await joined(pieces, whole)).toString('latin1')).toBe(whole.toString('latin1'));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same pieces whatever parts the transcript comes in', async () => {
    await fc.assert(
      fc.asyncProperty(content, limit, sizes, async (whole, max, cuts) => {
        const once = await piecesOf(whole, { limit: max });
        const inParts = await piecesOf(whole, { limit: max, sizes: cuts });
        expect(inParts.map(String)).toEqual(once.map(String));
      }),
      { numRuns: 2000 },
    );
  });

  it('makes no piece larger than the limit but for a line that is larger itself', async () => {
    await fc.assert(
      fc.asyncProperty(text, limit, async (whole, max) => {
        for (const piece of await piecesOf(whole, { limit: max })) {
          if (piece.length <= max || piece[0] === 0x7b) continue;
          const inner = piece.subarray(1, -1); // an empty line before it or its own end may be with it
          expect(inner.includes(NEWLINE)).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
