import { expect, it } from 'vitest';
import { helpPieces } from '../../../src/ui/browse/pieces.ts';

it('the help of browse fits into 80 columns, so that no line of its table is broken', () => {
  const lines = helpPieces().flatMap((piece) => piece.lines.map(({ text }) => text));
  expect(lines.filter((text) => text.length > 78)).toEqual([]);
  expect(lines.some((text) => text.includes('copy the checkpoint ID'))).toBe(true);
});
