import { expect, test } from 'vitest';
import { BOTH_ENGINES, IS_LONG } from '../fixtures/scale.ts';
import { tryReaders } from './fuzz/readers.ts';
import { tryRound } from './fuzz/rounds.ts';

// Of 6 readers 820 inputs, and 140 checkpoints below: 5,060. `npm run stress:fuzz` tries 100,000, of other seeds each time.
const SEED = 5_000;

test('documents, baselines, settings, summaries, trees and commits that anybody may have written', async () => {
  expect(await tryReaders(IS_LONG ? 4_000 : 820, SEED)).toEqual([]);
}, 120_000);

test.each(['files', 'trees'] as const)(
  'spoiled %s: every command says so, and the checkpoints beside come out whole',
  async (spoils) => {
    for (const [n, engine] of BOTH_ENGINES.entries())
      expect(await tryRound({ engine, spoils, checkpoints: spoils === 'files' ? 60 : 10, seed: SEED + n })).toEqual([]);
  },
  120_000,
);
