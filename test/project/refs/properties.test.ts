import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHECKPOINT_IDS, type HistoryOptions, histories, materialize } from '../../fixtures/arbitraries.ts';
import { git, withTempDir } from '../../fixtures/git.ts';
import { refsReference } from '../../fixtures/refs-reference.ts';
import { V1_REF } from '../../fixtures/v1-builder.ts';
import { assertProperty, BOTH_ENGINES, complaints, listing } from '../../migrate/support.ts';
import { projectIn, refsOf } from './support.ts';

/** Half of them ULIDs, some of these in the shards of others. */
const MIXED_IDS = CHECKPOINT_IDS.map((id, i) =>
  i % 2 === 0 ? `0${id.slice(1, 2).toUpperCase()}${id.toUpperCase().padEnd(24, '7')}` : id,
);

interface Repository {
  readonly dir: string;
  readonly copy: () => string;
  /** V1's first-parent chain, root first. */
  readonly chain: readonly string[];
}

function holds<T>(
  numRuns: number,
  values: fc.Arbitrary<T>,
  law: (repository: Repository, value: T) => Promise<void>,
  options: HistoryOptions = { deletions: true },
): Promise<void> {
  const property = fc.asyncProperty(histories(options), fc.boolean(), values, (history, isMixed, value) =>
    withTempDir(async (temp) => {
      const dir = join(temp, 'repo');
      const { chain } = materialize(history, dir, isMixed ? MIXED_IDS : undefined);
      let copies = 0;
      const original = join(temp, 'original');
      cpSync(dir, original, { recursive: true });
      const copy = () => {
        const path = join(temp, `copy-${++copies}`);
        cpSync(original, path, { recursive: true });
        return path;
      };
      await law({ dir, copy, chain }, value);
    }),
  );
  return assertProperty(property, numRuns);
}

test('both engines give the ids that the rules give, and git has nothing new to complain about', () =>
  holds(14, fc.constant(null), async ({ dir, copy }) => {
    const expected = refsReference(dir).refs;
    const before = complaints(dir);
    for (const engine of BOTH_ENGINES) {
      const path = copy();
      await projectIn(path, engine);
      expect(refsOf(path)).toEqual(expected);
      expect(complaints(path)).toEqual(before);
    }
  }));

test('projecting now and then gives what projecting once gives; a second run has nothing to do', () =>
  holds(
    16,
    fc.array(fc.record({ at: fc.nat(), engine: fc.constantFrom(...BOTH_ENGINES) }), { maxLength: 5 }),
    async ({ dir, chain }, runs) => {
      const cuts = runs.map((run) => ({ ...run, at: run.at % chain.length })).sort((a, b) => a.at - b.at);
      const kept: Record<string, string> = {};
      for (const { at, engine } of [...cuts, { at: chain.length - 1, engine: 'native' as const }]) {
        git(dir, 'update-ref', V1_REF, chain[at] as string);
        const { changes } = await projectIn(dir, engine);
        const { refs } = refsReference(dir);
        // What V1 lost meanwhile keeps its ref.
        expect(refsOf(dir)).toEqual({ ...kept, ...refs });
        expect(
          [...changes.values()].filter((change) => !['created', 'advanced', 'replaced', 'same'].includes(change)),
        ).toEqual([]);
        Object.assign(kept, refs);
      }
      const files = listing(dir);
      const { updates, changes } = await projectIn(dir);
      expect(updates).toEqual([]);
      expect(new Set(changes.values())).toEqual(new Set(changes.size === 0 ? [] : ['same']));
      expect(listing(dir)).toEqual(files);
    },
  ));
