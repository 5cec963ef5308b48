import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { hasReftable } from '../fixtures/git.ts';
import { BOTH_ENGINES, IS_LONG, IS_THOROUGH, share } from '../fixtures/scale.ts';

import { tempDir } from '../fixtures/temp.ts';
import { expectationOf, faultsAfter, faultsOfNextRun } from './kills/judge.ts';
import { copyStory, PAIR_STORIES, REMOTE_STORIES, type RefForm, storeRefs } from './kills/stories.ts';
import { compileShim, strikeAt } from './kills/strike.ts';
import { type ApartServer, serveApart } from './serve-apart.ts';

// The short form of `npm run stress:kills`, for what no crash test of a command has: everything is killed while refs move, and before.
const temp = tempDir('file');
const shim = compileShim(temp);
const reached: string[] = [];
const cases = Object.entries({ ...PAIR_STORIES, ...(IS_LONG ? REMOTE_STORIES : {}) }).map(([name, story], i) => ({
  name,
  story,
  engine: BOTH_ENGINES[i % BOTH_ENGINES.length] ?? 'native',
  form: (i % 3 === 0 ? 'packed' : 'loose') as RefForm,
}));
if (IS_LONG && hasReftable(temp)) {
  for (const [name, story] of Object.entries(REMOTE_STORIES))
    cases.push({ name, story, engine: 'native', form: 'reftable' });
}

const tried = share(cases, 2);

let server: ApartServer;
beforeAll(async () => {
  server = await serveApart(temp);
});

test.skipIf(shim === undefined || !IS_THOROUGH).each(tried)(
  '$name, $form, $engine: old or new, and the next run heals',
  async (one) => {
    const { name, story, engine, form } = one;
    const dir = join(temp, `${name.replace(/ /g, '-')}-${form}`);
    story.prepare(dir, server.url);
    storeRefs(dir, form);
    const expectation = expectationOf(dir, story);
    const kill = (n: number, work: string) => {
      copyStory(dir, work);
      return strikeAt(n, story.args, { shim: shim as string, dir: work, engine, blow: { victim: 'everything' } });
    };
    const { calls } = kill(0, `${dir}-whole`);
    // Before the refs for some, for all while they move: each kill takes some five processes.
    for (const n of form !== 'loose' ? [Math.floor(calls / 2), calls - 3] : [calls - 3]) {
      const work = `${dir}-${n}`;
      const { isKilled } = kill(n, work);
      const { state, faults } = await faultsAfter(work, expectation, engine);
      if (isKilled) reached.push(state);
      faults.push(...faultsOfNextRun(work, story, expectation, engine));
      expect(faults, `killed at call ${n} of ${calls}`).toEqual([]);
    }
  },
);

afterAll(() => {
  server.close();
  // Else nothing was killed, and nothing shown.
  if (shim !== undefined && IS_THOROUGH) expect(reached.length).toBeGreaterThanOrEqual(tried.length - 1);
});
