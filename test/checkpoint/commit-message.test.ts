import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTrailer, lastTrailer, SOURCE_COMMIT_TRAILER } from '../../src/checkpoint/commit-message.ts';

const add = (message: string) => addTrailer(message, 'T', 'v');

test.each([
  ['', '\n\nT: v\n'],
  ['\n\n\n', '\n\nT: v\n'],
  ['Subject', 'Subject\n\nT: v\n'],
  ['Subject\n', 'Subject\n\nT: v\n'],
  ['Subject\n\n\n\n', 'Subject\n\nT: v\n'],
  // The subject is not a block of trailers, even where it looks like one.
  ['Checkpoint: a3b2c4d5e6f7\n', 'Checkpoint: a3b2c4d5e6f7\n\nT: v\n'],
  ['Key: value\nOther: value\n', 'Key: value\nOther: value\n\nT: v\n'],
  ['\n\nKey: value\n', '\n\nKey: value\n\nT: v\n'],
  // A block of trailers is joined.
  ['Subject\n\nKey: value\n', 'Subject\n\nKey: value\nT: v\n'],
  ['Subject\n\nBody\n\nA-1: b\nc-D: e\n\n', 'Subject\n\nBody\n\nA-1: b\nc-D: e\nT: v\n'],
  ['Subject\n\n\n\nKey: value', 'Subject\n\n\n\nKey: value\nT: v\n'],
  // A paragraph with any other line is text.
  ['Subject\n\nKey: value\nand more\n', 'Subject\n\nKey: value\nand more\n\nT: v\n'],
  ['Subject\n\nKey: value\n folded\n', 'Subject\n\nKey: value\n folded\n\nT: v\n'],
  ['Subject\n\nKey:value\n', 'Subject\n\nKey:value\n\nT: v\n'],
  ['Subject\n\nKey : value\n', 'Subject\n\nKey : value\n\nT: v\n'],
  ['Subject\n\nSigned_off: me\n', 'Subject\n\nSigned_off: me\n\nT: v\n'],
  ['Subject\n\nKey:\n', 'Subject\n\nKey:\n\nT: v\n'],
  ['Subject\n\nKey: \n', 'Subject\n\nKey: \nT: v\n'],
  // A line of white space, or of a carriage return, is not empty, and no byte of it goes.
  ['Subject\n \nKey: value\n', 'Subject\n \nKey: value\n\nT: v\n'],
  ['Subject\r\n\r\nKey: value\r\n', 'Subject\r\n\r\nKey: value\r\n\nT: v\n'],
  ['Subject\n\nKey: value\r\n', 'Subject\n\nKey: value\r\nT: v\n'],
])('%j', (message, expected) => {
  expect(add(message)).toBe(expected);
});

/** Messages out of lines that matter. */
const message = fc
  .array(fc.constantFrom('', '', 'Subject', 'Key: value', 'K-2: v: w', 'text', ' ', '\r', 'Key:', ': v'), {
    maxLength: 8,
  })
  .chain((lines) => fc.constantFrom('', '\n', '\n\n').map((end) => lines.join('\n') + end));

test('only the final newlines of a message go, and the trailer is found again', () => {
  fc.assert(
    fc.property(message, (text) => {
      const result = addTrailer(text, SOURCE_COMMIT_TRAILER, 'c0ffee');
      const kept = text.replace(/\n+$/, '');
      expect(result.startsWith(kept)).toBe(true);
      expect(result.slice(kept.length)).toMatch(/^\n\n?Ckpt-V1-Commit: c0ffee\n$/);
      expect(lastTrailer(result, SOURCE_COMMIT_TRAILER)).toBe('c0ffee');
    }),
    { numRuns: 500 },
  );
});

test('a second trailer joins the first', () => {
  fc.assert(
    fc.property(
      message.filter((text) => text.trim() !== ''),
      (text) => {
        expect(addTrailer(addTrailer(text, 'A', '1'), 'B', '2').endsWith('\nA: 1\nB: 2\n')).toBe(true);
      },
    ),
  );
});

test('a trailer that is not the last line is not found', () => {
  expect(lastTrailer('S\n\nT: v\nU: w\n', 'T')).toBeUndefined();
  expect(lastTrailer('S\n\nT: v\n\nmore\n', 'T')).toBeUndefined();
  expect(lastTrailer('S\n\nT:v\n', 'T')).toBeUndefined();
  expect(lastTrailer('S\n\nXT: v\n', 'T')).toBeUndefined();
  expect(lastTrailer('', 'T')).toBeUndefined();
  expect(lastTrailer('S\n\nT: v', 'T')).toBe('v');
});
