import { describe, expect, test } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { CURRENT, type GenerationPlace } from '../../src/generations/assign.ts';
import { placeLost } from '../../src/generations/place-lost.ts';

const id = (n: number) => String(n).padStart(12, '0') as CheckpointId;
const arrivals = Array.from({ length: 8 }, (_, i) => id(i + 1));

/** Where the checkpoints 1 to 8 are placed; `there` says where each one lies, `undefined` for one that is lost. */
function place(
  there: ReadonlyArray<GenerationPlace | undefined>,
  { maxCheckpoints = 2, taken = [] as GenerationPlace[] } = {},
) {
  const located = new Map(there.flatMap((at, i) => (at === undefined ? [] : [[id(i + 1), at] as const])));
  const sizes = new Map<GenerationPlace, number>();
  for (const at of located.values()) sizes.set(at, (sizes.get(at) ?? 0) + 1);
  const numbers = new Set([...sizes.keys(), ...taken].filter(Number.isFinite));
  const placed = placeLost(arrivals.slice(0, there.length), { located, sizes, taken: numbers, maxCheckpoints });
  return there.map((at, i) => at ?? placed.get(id(i + 1)));
}

describe('transcripts of which the manifest says nothing', () => {
  const lost = undefined;

  test.each<[string, Array<GenerationPlace | undefined>, GenerationPlace[]]>([
    ['an archive between two others', [1, 1, lost, lost, 3, 3], [1, 1, 2, 2, 3, 3]],
    ['two archives between two others', [1, lost, lost, lost, lost, 4], [1, 2, 2, 3, 3, 4]],
    ['the first archive', [lost, lost, 2, 2, CURRENT], [1, 1, 2, 2, CURRENT]],
    ['every archive', [lost, lost, lost, lost, CURRENT], [1, 1, 2, 2, CURRENT]],
    ['full/current', [1, 1, lost], [1, 1, CURRENT]],
    ['the newest archive, and a part of full/current', [1, 1, lost, lost, lost], [1, 1, 2, 2, CURRENT]],
    ['one of an archive', [1, lost, 2, 2], [1, 1, 2, 2]],
    ['the first one of an archive, where the one before is full', [1, 1, lost, 2], [1, 1, 2, 2]],
    ['one of full/current', [1, 1, CURRENT, lost, CURRENT], [1, 1, CURRENT, CURRENT, CURRENT]],
  ])('%s', (_, there, expected) => {
    expect(place(there)).toEqual(expected);
  });

  test('a number that was given before is not given again', () => {
    expect(place([1, 1, lost, lost], { taken: [2] })).toEqual([1, 1, CURRENT, CURRENT]);
  });
});
