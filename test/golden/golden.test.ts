import { expect, test } from 'vitest';
import { deviations, readRecord, story } from './record.ts';
import { STORIES } from './story.ts';

// Some of the stories, so that all kinds come: `npm run golden` compares all of them.
const recorded = readRecord();
const numbers = Array.from({ length: STORIES / 5 }, (_, i) => 5 * i);
const runs = numbers.flatMap((n) => [
  { n, engine: 'native' as const },
  ...(n % 4 === 0 ? [{ n, engine: 'isomorphic' as const }] : []),
]);

test.each(runs)('story $n has the recorded ids, $engine', async ({ n, engine }) => {
  expect(deviations(recorded, n, await story(n, engine))).toEqual([]);
});
