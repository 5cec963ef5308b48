import { expect, test } from 'vitest';
import { share } from '../fixtures/scale.ts';
import { deviations, readRecord, story } from './record.ts';
import { STORIES } from './story.ts';

// Some of them, so that all kinds come: `npm run golden`, which CI runs too, compares every story.
const recorded = readRecord();
const numbers = Array.from({ length: Math.ceil(STORIES / 11) }, (_, i) => 11 * i);
const cases = share(numbers, 11).flatMap((n) => [
  { n, engine: 'native' as const },
  ...(n % 4 === 0 ? [{ n, engine: 'isomorphic' as const }] : []),
]);

test.each(cases)('story $n has the recorded ids, $engine', async ({ n, engine }) => {
  expect(deviations(recorded, n, await story(n, engine))).toEqual([]);
});
