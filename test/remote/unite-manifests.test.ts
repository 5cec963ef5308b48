import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { GenerationState } from '../../src/generations/generation-state.ts';
import { NO_MANIFEST } from '../../src/generations/manifest.ts';
import { compareHistories, type ManifestEntry } from '../../src/generations/manifest-entry.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { Repository } from '../../src/git/repository.ts';
import type { OrderedSides } from '../../src/remote/unite/split/order-sides.ts';
import type { SplitSide } from '../../src/remote/unite/split/split-side.ts';
import { prunedOf, settledOf, uniteManifests, withoutPassing } from '../../src/remote/unite/split/unite-manifests.ts';

/** What a V2 says of its generations, by their numbers: how often one was brought back, and whether it is pruned. */
type Told = ReadonlyMap<number, { readonly restoreCount: number; readonly isPruned: boolean }>;

/** A V2 of which the manifest alone is there. An entry's blob is named after what it says. */
function sideOf(told: Told): SplitSide {
  const ids = (number: number) => [number.toString(16).padStart(12, '0') as CheckpointId];
  const entries = new Map<number, ManifestEntry>();
  const files = new Map<number, ObjectId>();
  for (const [number, history] of told) {
    const span = { oldest: undefined, newest: undefined };
    entries.set(number, { span, checkpoints: ids(number), tree: 'a'.repeat(40), ...history });
    files.set(number, `${number} ${history.restoreCount} ${history.isPruned}` as ObjectId);
  }
  const pruned = new Map([...told].flatMap(([n, { isPruned }]) => (isPruned ? [[n, new Set(ids(n))] as const] : [])));
  const archives = new Map([...told].flatMap(([n, { isPruned }]) => (isPruned ? [] : [[n, undefined] as const])));
  const state = new GenerationState({} as Repository, {} as never, { manifest: { ...NO_MANIFEST, files } });
  return { entries, pruned, archives, state } as unknown as SplitSide;
}

/** The side whose archive a union keeps, where it is there: who knows later, else the first. */
function originsOf({ first, second }: OrderedSides): Map<number, SplitSide> {
  const settled = settledOf({ first, second, kind: 'same' });
  const origins = new Map<number, SplitSide>();
  const pruned = prunedOf({ first, second, kind: 'same' });
  for (const number of new Set([...first.archives.keys(), ...second.archives.keys()])) {
    if (pruned.has(number)) continue;
    const sides = settled.get(number) === false ? [second, first] : [first, second];
    const origin = sides.find(({ archives }) => archives.has(number));
    if (origin !== undefined) origins.set(number, origin);
  }
  return origins;
}

async function unite(one: Told, other: Told): Promise<Told> {
  const sides: OrderedSides = { first: sideOf(one), second: sideOf(other), kind: 'diverged' };
  const { files } = await uniteManifests(sides, prunedOf(sides), originsOf(sides));
  return new Map(
    [...files]
      .sort(([a], [b]) => a - b)
      .map(([number, id]) => {
        const [, restoreCount, isPruned] = id.split(' ');
        return [number, { restoreCount: Number(restoreCount), isPruned: isPruned === 'true' }];
      }),
  );
}

const anyTold: fc.Arbitrary<Told> = fc
  .uniqueArray(
    fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.record({ restoreCount: fc.integer({ min: 0, max: 2 }), isPruned: fc.boolean() }),
    ),
    { selector: ([number]) => number },
  )
  .map((entries) => new Map([...entries].sort(([a], [b]) => a - b)));

describe('two manifests as one', () => {
  test('of each number the one counts that knows later: in any order, however they are put together', async () => {
    await fc.assert(
      fc.asyncProperty(anyTold, anyTold, anyTold, async (a, b, c) => {
        const union = await unite(a, b);
        expect(await unite(b, a)).toEqual(union);
        expect(await unite(union, a)).toEqual(union);
        expect(await unite(await unite(a, b), c)).toEqual(await unite(a, await unite(b, c)));
        for (const [number, history] of union) {
          const latest = [a, b]
            .flatMap((told) => told.get(number) ?? [])
            .sort(compareHistories)
            .at(-1);
          expect(history).toEqual(latest);
        }
      }),
    );
  });

  test('numbers that V1 gave for a while stay only where the other one has them as well', () => {
    const manifest = { ...NO_MANIFEST, files: new Map([1, 2, 3, 4].map((number) => [number, 'x' as ObjectId])) };
    const theirs = sideOf(new Map([[3, { restoreCount: 0, isPruned: true }]]));
    expect([...withoutPassing(manifest, theirs, 2).files.keys()]).toEqual([1, 2, 3]);
  });
});
