// `npm run stress:pairs [-- --runs N] [--seed N] [--laws a,b]`: laws of all pairs of layouts on generated sources. Prints what failed, with
// its seed, in the smallest source that fails; ends with 1 where anything did.

import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { withTempDir } from '../fixtures/git.ts';
import {
  backWithoutOrigin,
  nowAndThen,
  PAIRS,
  type Story,
  stories,
  thereAndAgain,
  thereAndBack,
} from '../migrate/between/laws.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string' },
    laws: { type: 'string' },
  },
});
const LAWS: Record<string, (temp: string, story: Story) => Promise<void>> = { back: thereAndBack };
for (const from of ['refs', 'v2'] as const)
  LAWS[`gone-${from}`] = (temp, story) => backWithoutOrigin(temp, story, from);
for (const [from, to] of PAIRS) {
  LAWS[`there-${from}-${to}`] = (temp, story) => thereAndAgain(temp, story, from, to);
  LAWS[`grow-${from}-${to}`] = (temp, story) => nowAndThen(temp, story, from, to);
}
const asked = values.laws?.split(',');
for (const [name, law] of Object.entries(LAWS)) {
  if (asked?.some((one) => name.startsWith(one)) === false) continue;
  const begin = performance.now();
  const property = fc.asyncProperty(stories, (story) => withTempDir((temp) => law(temp, story)));
  const seed = values.seed === undefined ? {} : { seed: Number(values.seed) };
  const outcome = await fc.check(property, { numRuns: Number(values.runs), interruptAfterTimeLimit: 240_000, ...seed });
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  if (!outcome.failed) console.log(`${name}: ${outcome.numRuns} sources in ${seconds} s, no fault`);
  else {
    process.exitCode = 1;
    const [story] = outcome.counterexample ?? [];
    console.log(`${name}: FAULT after ${outcome.numRuns} sources (--seed ${outcome.seed}): ${JSON.stringify(story)}`);
    console.log(String((outcome.errorInstance as Error | undefined)?.stack ?? outcome.errorInstance).slice(0, 3000));
  }
}
