import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonLines } from '../../src/json/lines.ts';
import { isJson } from '../../src/json/tokens.ts';
import { JsonValidator } from '../../src/json/validator.ts';

/** Cuts bytes into parts of some sizes, over and over. */
function inParts(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}

function linesOf(content: string | Buffer, sizes: readonly number[] = [1 << 20]) {
  const lines = new JsonLines();
  for (const part of inParts(Buffer.from(content), sizes)) lines.add(part);
  return lines.end();
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
/** JSON, and JSON with a character too many, too few or changed. */
const nearlyJson = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom('', '"', '\\', ',', ':', '{', ']', '0', '1', '.', 'e', '-', 't', ' '),
    fc.boolean(),
  )
  .map(([json, at, character, isReplaced]) => {
    const place = at % (json.length + 1);
    return json.slice(0, place) + character + json.slice(place + (isReplaced ? 1 : 0));
  });

describe('the scanner', () => {
  test('takes what JSON.parse takes, in parts of any size', () => {
    fc.assert(
      fc.property(nearlyJson, sizes, (text, cut) => {
        const scanner = new JsonValidator();
        const fails = inParts(Buffer.from(text), cut).some((part) => scanner.feed(part) !== undefined);
        expect(!fails && scanner.isComplete).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('needs a bit for a level', () => {
    const scanner = new JsonValidator();
    expect(scanner.feed(Buffer.alloc(4 << 20, '['))).toBeUndefined();
    expect(scanner.feed(Buffer.alloc(4 << 20, ']'))).toBeUndefined();
    expect(scanner.isComplete).toBe(true);
    expect(scanner.feed(Buffer.from(' ]'))).toBe(1);
  });
});

describe('lines of JSON', () => {
  test('are looked at one by one, in parts of any size', () => {
    const text = fc
      .oneof(fc.json(), nearlyJson, fc.constantFrom('', ' ', '\r'))
      .map((line) => line.replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), sizes, (lines, cut) => {
        // A first line that is one keeps it from being the start of a document.
        const all = ['{"type":"start"}', ...lines];
        const wrong = all.flatMap((line, i) => (isJson(line) || line.trim() === '' ? [] : [i + 1]));
        expect(linesOf(all.join('\n'), cut)).toEqual({ count: wrong.length, first: wrong.slice(0, 10) });
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, string | Buffer, number[]]>([
    ['nothing', '', []],
    ['no newline at the end', '{"a":1}\n{"a":2}', []],
    ['a document over lines', `${JSON.stringify({ messages: [{ text: 'a' }, 2] }, null, 2)}\n`, []],
    ['a list over lines', '[\n{"a":1},\n{"a":2}\n]\n\n', []],
    ['a document that is cut off', '{\n"messages": [\n', [3]],
    ['a document of one line and a bracket', '{\n', [1]],
    ['a document with something behind it', '{\n"a": 1\n}\nmore\n', [4]],
    ['a document with a mistake', '{\n"a": 1,\n"b" 2\n}\n', [3]],
    ['a first line that is not JSON', '{"a":1\n{"a":2}\n{"a":3}\n', [1]],
    ['text', 'one\ntwo\n', [1, 2]],
    ['a byte order mark', '\ufeff{"a":1}\n{"a":2}\n', [1]],
    ['bytes that are not UTF-8', Buffer.from('{"a":1}\n{"a":"\xff"}\n{}\n', 'latin1'), [2]],
    ['the same in a document', Buffer.from('{\n"a":\n"\xff"}\n', 'latin1'), [2]],
  ])('%s', (_, content, wrong) => {
    for (const cut of [[1], [3], [1 << 20]]) {
      const found = linesOf(content, cut);
      // In a document, where bytes come in one part the line of a byte that is not UTF-8 is that of the part.
      if (typeof content === 'string' || wrong.length !== 1) expect(found.first).toEqual(wrong);
      expect(found.count).toBe(wrong.length);
    }
  });

  test('of any length are looked at without being held', () => {
    const part = Buffer.alloc(1 << 20, 'x');
    const lines = new JsonLines();
    lines.add(Buffer.from('{"a":1}\n{"a":"'));
    for (let i = 0; i < 20; i++) lines.add(part);
    lines.add(Buffer.from('"}\n{"a":"'));
    for (let i = 0; i < 20; i++) lines.add(part);
    lines.add(Buffer.from('\n{"a":4}\n'));
    expect(lines.end()).toEqual({ count: 1, first: [3] });
  });

  test('go on in the next piece, and so does a document', () => {
    const lines = new JsonLines();
    for (const piece of ['{"a":1}\n{"a":2}', 'no\n{"a":4}', '{\n"a":5\n}', '{\n"a":\n}', '{"a":1}']) {
      if (piece !== '{"a":1}\n{"a":2}') lines.endPiece();
      lines.add(Buffer.from(piece));
    }
    expect(lines.end().first[0]).toBe(3);
    const documents = new JsonLines();
    documents.add(Buffer.from('{\n"a":1\n}'));
    documents.endPiece();
    documents.add(Buffer.from('{\n"a":2\n}\n'));
    expect(documents.end()).toEqual({ count: 0, first: [] });
    expect(documents.values).toBe(2);
  });
});
