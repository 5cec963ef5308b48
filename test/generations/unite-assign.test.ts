import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { type HeldBySide, type UnitedGenerations, uniteGenerations } from '../../src/generations/unite-assign.ts';

const ids = Array.from({ length: 12 }, (_, i) => i.toString(16).padStart(12, '0') as CheckpointId);
const [c1, c2, c3, c4, c5, c6] = ids as [
  CheckpointId,
  CheckpointId,
  CheckpointId,
  CheckpointId,
  CheckpointId,
  CheckpointId,
];

/** A V2 by its generations; the last one is `full/current`. */
function side(...generations: CheckpointId[][]): HeldBySide {
  const archives = generations.slice(0, -1).map((held, i) => [i + 1, new Set(held)] as const);
  return { archives: new Map(archives), current: new Set(generations.at(-1)) };
}

function unite(
  first: HeldBySide,
  second: HeldBySide,
  pruned: ReadonlyMap<number, ReadonlySet<CheckpointId>> = new Map(),
  settled: ReadonlySet<number> = new Set(),
) {
  const away = new Set([...pruned.values()].flatMap((held) => [...held]));
  return uniteGenerations({
    first,
    second,
    isFirstPreferred: () => true,
    settled,
    pruned,
    isHeld: (id) => !away.has(id),
    max: 3,
    next: Math.max(0, ...first.archives.keys(), ...second.archives.keys(), ...pruned.keys()) + 1,
    inOrder: (some) => [...some].sort(),
  });
}

function shape({ archives, current }: UnitedGenerations) {
  return { archives: Object.fromEntries(archives), current };
}

describe('two V2s as one', () => {
  test('what one has archived leaves the other one’s full/current', () => {
    expect(shape(unite(side([c1, c2, c3], [c4]), side([c1, c2, c3, c5])))).toEqual({
      archives: { 1: [c1, c2, c3] },
      current: [c4, c5],
    });
  });

  test('two archives of one number: together where there is room, else one keeps it', () => {
    expect(shape(unite(side([c1, c2], []), side([c1, c3], [])))).toEqual({
      archives: { 1: [c1, c2, c3] },
      current: [],
    });
    expect(shape(unite(side([c1, c2, c3], []), side([c4, c5], [])))).toEqual({
      archives: { 1: [c1, c2, c3], 2: [c4, c5] },
      current: [],
    });
    expect(shape(unite(side([c1, c2, c3], [c4]), side([c1, c5], [c6])))).toEqual({
      archives: { 1: [c1, c2, c3], 2: [c4, c5, c6] },
      current: [],
    });
  });

  test('a pruned archive stays away, and what else had its number comes elsewhere', () => {
    const pruned = new Map([[1, new Set([c1, c2])]]);
    expect(shape(unite(side([c3]), side([c1, c2], [c4]), pruned))).toEqual({ archives: {}, current: [c3, c4] });
    expect(shape(unite(side([c3]), side([c1, c5], [c4]), pruned))).toEqual({
      archives: { 2: [c3, c4, c5] },
      current: [],
    });
  });

  test('an archive that was brought back is not filled again from the one of before, nor made where it is gone since', () => {
    const settled = new Set([1]);
    expect(shape(unite(side([c2, c3], [c1]), side([c1, c2, c3], [c4]), new Map(), settled))).toEqual({
      archives: { 1: [c2, c3] },
      current: [c1, c4],
    });
    expect(shape(unite(side([c1, c2, c3]), side([c1, c2, c3], []), new Map(), settled))).toEqual({
      archives: { 1: [], 2: [c1, c2, c3] },
      current: [],
    });
  });

  test('nothing is lost, nothing lies twice, and a union with either changes nothing more', () => {
    const generation = fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 3 });
    const anySide = fc.array(generation, { minLength: 1, maxLength: 4 }).map((all) => side(...withoutRepeats(all)));
    const anySettled = fc.subarray([1, 2, 3]).map((numbers) => new Set(numbers));
    fc.assert(
      fc.property(anySide, anySide, anySettled, (first, second, settled) => {
        const union = unite(first, second, new Map(), settled);
        const held = [...union.archives.values(), union.current].flat();
        expect(held).toHaveLength(new Set(held).size);
        expect(new Set(held)).toEqual(new Set([...idsOf(first), ...idsOf(second)]));
        for (const archive of union.archives.values()) expect(archive.length).toBeLessThanOrEqual(3);
        expect(union.current.length).toBeLessThan(3);
        const again: HeldBySide = {
          archives: new Map([...union.archives].map(([number, of]) => [number, new Set(of)])),
          current: new Set(union.current),
        };
        for (const one of [first, again]) expect(shape(unite(again, one))).toEqual(shape(union));
        expect(shape(unite(again, second, new Map(), settled))).toEqual(shape(union));
      }),
    );
  });
});

function withoutRepeats(generations: readonly CheckpointId[][]): CheckpointId[][] {
  const seen = new Set<CheckpointId>();
  return generations.map((held) => held.filter((id) => !seen.has(id) && seen.add(id)));
}

function idsOf({ archives, current }: HeldBySide): CheckpointId[] {
  return [...[...archives.values()].flatMap((held) => [...held]), ...current];
}
