import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pieceNames, TRANSCRIPT_NAMES } from '../../src/checkpoint/transcript.ts';

test('the pieces of a transcript are found in any order, and put in theirs', () => {
  const names = fc
    .integer({ min: 1, max: 1200 })
    .map((count) =>
      Array.from({ length: count }, (_, i) => (i === 0 ? 'full.jsonl' : `full.jsonl.${String(i).padStart(3, '0')}`)),
    );
  fc.assert(
    fc.property(names, fc.boolean(), (pieces, reversed) => {
      const others = [
        'metadata.json',
        'full.jsonl.bak',
        'full.jsonl.1',
        'transcript.jsonl',
        'full.json',
        'content_hash.txt',
      ];
      // As git sorts them: by bytes, so that 1000 comes before 999.
      const sorted = [...pieces, ...others].sort();
      expect(pieceNames(reversed ? sorted.reverse() : sorted, 'full.jsonl')).toEqual(pieces);
    }),
    { numRuns: 30 },
  );
});

test('where the first piece is missing, the others are still found', () => {
  expect(pieceNames(['full.jsonl.002', 'full.jsonl.001'], 'full.jsonl')).toEqual(['full.jsonl.001', 'full.jsonl.002']);
});

test('each set of names is looked for by its own', () => {
  const names = ['full.jsonl', 'raw_transcript', 'raw_transcript.001', 'full.log', 'raw_transcript_hash.txt'];
  expect(TRANSCRIPT_NAMES.map(({ transcript }) => pieceNames(names, transcript))).toEqual([
    ['full.jsonl'],
    ['raw_transcript', 'raw_transcript.001'],
    ['full.log'],
  ]);
  expect(pieceNames([], 'full.jsonl')).toEqual([]);
});
