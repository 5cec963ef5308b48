import fc from 'fast-check';
import { test } from 'vitest';
import { withTempDir } from '../../fixtures/git.ts';
import { share } from '../../fixtures/scale.ts';
import { assertProperty } from '../support.ts';
import { backWithoutOrigin, nowAndThen, PAIRS, type Story, stories, thereAndAgain, thereAndBack } from './laws.ts';

// A few sources each, always the same ones, so that what fails is by what has changed; `npm run stress:pairs` tries hundreds of others.
const SEED = 14;

const holds = (numRuns: number, law: (temp: string, story: Story) => Promise<void>) =>
  assertProperty(
    fc.asyncProperty(stories, (story) => withTempDir((temp) => law(temp, story))),
    numRuns,
    SEED,
  );

test.each(PAIRS)(
  '%s to %s: verify is clean, there again moves nothing, and both engines give the same ids',
  (from, to) => holds(2, (temp, story) => thereAndAgain(temp, story, from, to)),
);

test.each(share(PAIRS, 5))('%s to %s: a source that grows between runs gives what one run gives', (from, to) =>
  holds(2, (temp, story) => nowAndThen(temp, story, from, to)),
);

test('the way there and back gives the ids of before where V1 is still in the object store', () =>
  holds(3, thereAndBack));

test.each(['refs', 'v2'] as const)(
  '%s to V1, where V1 is gone from the object store: every byte but members of summaries comes back',
  (from) => holds(3, (temp, story) => backWithoutOrigin(temp, story, from)),
);
