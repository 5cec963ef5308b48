import { describe, expect, test } from 'vitest';
import { runs } from '../fixtures/scale.ts';
import { runModel } from './model.ts';

/** A failure again: `CKPT_SEED=17 npx vitest run test/remote/model.test.ts`. `npm run stress:model` tries 200, and longer ones. */
const seed = process.env.CKPT_SEED;
const seeds = seed === undefined ? Array.from({ length: runs(20) }, (_, i) => 1000 + i) : [Number(seed)];

describe('random sequences over three clones and a remote: nothing lost, nothing twice, the same everywhere', () => {
  test.each(seeds)('seed %i', async (one) => {
    const { steps, faults } = await runModel(one, 6);
    expect(faults, steps.join('\n')).toEqual([]);
  });
});
