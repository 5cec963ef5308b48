import { expect, test } from 'vitest';
import { deviations, readRecord, story } from './record.ts';
import { STORIES } from './story.ts';

// Every eleventh story, so that all kinds come: `npm run golden`, which CI runs too, compares all of them.
const recorded = readRecord();
const numbers = Array.from({ length: Math.ceil(STORIES / 11) }, (_, i) => 11 * i);
const runs = numbers.flatMap((n) => [
  { n, engine: 'native' as const },
  ...(n % 4 === 0 ? [{ n, engine: 'isomorphic' as const }] : []),
]);

test.each(runs)('story $n has the recorded ids, $engine', async ({ n, engine }) => {
  expect(deviations(recorded, n, await story(n, engine))).toEqual([]);
});
