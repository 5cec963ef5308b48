import { describe, expect, test } from 'vitest';
import { IS_LONG } from '../fixtures/scale.ts';
import { runModel } from './model.ts';

/** A failure again: `CKPT_SEED=17 npx vitest run test/remote/model.test.ts`. `npm run stress:model` tries 200, and longer ones. */
const seed = process.env.CKPT_SEED;
const seeds = seed === undefined ? Array.from({ length: 20 }, (_, i) => 1000 + 3 * i) : [Number(seed)];

describe('random sequences over three clones and a remote: nothing lost, nothing twice, the same everywhere', () => {
  test.each(seeds)('seed %i', async (one) => {
    const { steps, faults } = await runModel(one, IS_LONG ? 14 : 3);
    expect(faults, steps.join('\n')).toEqual([]);
  });

  // What was pruned, written again and pruned; and what was written again where others had gone on.
  test.runIf(IS_LONG).each([41026, 43010])('seed %i, which failed once', async (one) => {
    const { steps, faults } = await runModel(one, 14);
    expect(faults, steps.join('\n')).toEqual([]);
  });
});
