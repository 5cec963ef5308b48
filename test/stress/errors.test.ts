import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOTH_ENGINES, IS_LONG, IS_THOROUGH } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { faultsAfterError } from './errors/judge.ts';
import { expectationOf, faultsOfNextRun } from './kills/judge.ts';
import { copyStory, REMOTE_STORIES, STORIES, type Story } from './kills/stories.ts';
import { compileShim, ERRORS, strikeAt } from './kills/strike.ts';
import { type ApartServer, serveApart } from './serve-apart.ts';

// The short form of `npm run stress:errors`: a call in the middle and one near the end of a run fail.
const temp = tempDir('file');
const shim = compileShim(temp);
const ALL: Readonly<Record<string, Story>> = { ...STORIES, ...REMOTE_STORIES };
const cases = Object.entries<Story>(IS_LONG ? ALL : { rotate: ALL.rotate as Story }).flatMap(([name], i) =>
  (['once', 'for good'] as const).map((lasts, j) => ({
    name,
    lasts,
    error: ERRORS[(2 * i + j) % ERRORS.length] ?? 'EIO',
    engine: BOTH_ENGINES[(i + j) % BOTH_ENGINES.length] ?? 'native',
  })),
);

let server: ApartServer;
beforeAll(async () => {
  server = await serveApart(temp);
});
afterAll(() => server.close());

test.skipIf(shim === undefined || !IS_THOROUGH).each(cases)(
  '$name, $engine, $error $lasts: a named error, old or new, and the next run ends',
  async ({ name, error, lasts, engine }) => {
    const dir = join(temp, `${name}-${lasts}`.replace(/ /g, '-'));
    const story = ALL[name] as Story;
    story.prepare(dir, server.url);
    const expectation = expectationOf(dir, story);
    const strike = (n: number, work: string) => {
      copyStory(dir, work);
      return strikeAt(n, story.args, { shim: shim as string, dir: work, engine, blow: { error, lasts } });
    };
    const { calls } = strike(0, `${dir}-whole`);
    expect(calls).toBeGreaterThan(15);
    for (const n of [Math.floor(calls / 2), calls - 6]) {
      const work = `${dir}-${n}`;
      const { faults } = await faultsAfterError(work, strike(n, work), expectation, engine);
      faults.push(...faultsOfNextRun(work, story, expectation, engine));
      expect(faults, `call ${n} of ${calls} failed`).toEqual([]);
    }
  },
);
