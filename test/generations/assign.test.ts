import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { type Assignment, arrivedSince, assign, CURRENT, type GenerationPlace } from '../../src/generations/assign.ts';
import { placeLost } from '../../src/generations/place-lost.ts';

const id = (n: number) => n.toString(16).padStart(12, '0') as CheckpointId;
const RUNS = { numRuns: 500 };

/** Checkpoints in some order of arrival. */
const arrivals = fc.uniqueArray(fc.nat(60).map(id), { maxLength: 30 });
const max = fc.integer({ min: 1, max: 7 });
const next = fc.integer({ min: 1, max: 9 });
const some = (ids: readonly CheckpointId[]) => fc.subarray([...ids]).map((list) => new Set(list));

/** Arrivals, and where they lie already. */
const situation = arrivals.chain((ids) =>
  fc.record({
    arrivals: fc.constant(ids),
    held: some(ids),
    archived: some(ids),
    pruned: some(ids),
    max,
    next,
    isForced: fc.boolean(),
  }),
);

const archivedBy = ({ archives }: Assignment) => [...archives.values()].flat();

describe('an assignment', () => {
  test('gives each checkpoint one place, in the order of arrival, and none to what lies elsewhere or was pruned', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const assignment = assign(given);
        const wanted = given.arrivals.filter(
          (one) => !given.archived.has(one) && (given.held.has(one) || !given.pruned.has(one)),
        );
        expect([...archivedBy(assignment), ...assignment.current]).toEqual(wanted);
      }),
      RUNS,
    );
  });

  test('fills archives, numbers them without a gap, and leaves less than a generation', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { archives, current } = assign(given);
        expect([...archives.keys()]).toEqual([...archives].map((_, i) => given.next + i));
        const sizes = [...archives.values()].map(({ length }) => length);
        const full = given.isForced ? sizes.slice(0, -1) : sizes;
        expect(full.every((size) => size === given.max)).toBe(true);
        expect(current.length).toBeLessThan(given.isForced ? 1 : given.max);
      }),
      RUNS,
    );
  });

  test('comes out the same in one go and in many runs', () => {
    fc.assert(
      fc.property(arrivals, max, fc.array(fc.nat(30), { maxLength: 5 }), (all, size, cuts) => {
        const archives = new Map<number, readonly CheckpointId[]>();
        let held: readonly CheckpointId[] = [];
        const ends = [...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
        for (const end of ends) {
          const archived = new Set([...archives.values()].flat());
          const run = { archived, held: new Set(held), max: size, next: archives.size + 1 };
          const assignment = assign({ ...run, arrivals: all.slice(0, end) });
          for (const [number, ids] of assignment.archives) archives.set(number, ids);
          held = assignment.current;
        }
        expect({ archives, current: held }).toEqual(assign({ arrivals: all, max: size, next: 1 }));
      }),
      RUNS,
    );
  });

  test('is nothing new where it is made again', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const first = assign({ ...given, isForced: false });
        const archived = new Set([...given.archived, ...archivedBy(first)]);
        const held = new Set(first.current);
        const again = assign({ ...given, held, archived, isForced: false });
        expect(again).toEqual({ archives: new Map(), current: first.current });
      }),
      RUNS,
    );
  });

  test('where full/current was lost: what arrived since is in it again, what was pruned stays away', () => {
    fc.assert(
      fc.property(arrivals, max, fc.nat(3), (all, size, gone) => {
        const whole = assign({ arrivals: all, max: size, next: 1 });
        const archived = new Set([...whole.archives].filter(([number]) => number > gone).flatMap(([, ids]) => ids));
        if (archived.size === 0) return;
        expect(arrivedSince(all, archived)).toEqual(whole.current);
      }),
      RUNS,
    );
  });
});

test('lost transcripts go back to the generations that they would have been assigned to', () => {
  fc.assert(
    fc.property(arrivals, max, fc.nat(5), (all, size, kept) => {
      const whole = assign({ arrivals: all, max: size, next: 1 });
      const places = new Map<CheckpointId, GenerationPlace>(whole.current.map((one) => [one, CURRENT]));
      for (const [number, ids] of whole.archives) for (const one of ids) places.set(one, number);
      // The first archives are there; all others are lost, and full/current with them.
      const located = new Map([...places].filter(([, place]) => place <= kept));
      const sizes = new Map([...whole.archives].filter(([n]) => n <= kept).map(([n, ids]) => [n, ids.length] as const));
      const taken = new Set(sizes.keys());
      const found = placeLost(all, { located, sizes, taken, maxCheckpoints: size });
      expect(new Map([...located, ...found])).toEqual(places);
    }),
    RUNS,
  );
});
