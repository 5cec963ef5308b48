import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CheckpointId } from '../../../src/checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../../src/git/object-id.ts';
import { ChunkedMap } from '../../../src/project/refs/chunked-map.ts';
import { IdsByCheckpoint } from '../../../src/project/refs/ids-by-checkpoint.ts';

const key = fc.constantFrom('a1', 'b1', 'c2', 'dq', 'e', 'f0', 'g');
const change = fc.tuple(key, fc.option(fc.nat(), { nil: undefined }));

test('each map has what a Map that is copied and changed has, and so has every one before', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 6 }), (steps) => {
      const made = [{ map: ChunkedMap.of<number>(), model: new Map<string, number>() }];
      for (const step of steps) {
        const last = made.at(-1) as (typeof made)[number];
        const model = new Map(last.model);
        for (const [name, value] of step) {
          if (value === undefined) model.delete(name);
          else model.set(name, value);
        }
        made.push({ map: last.map.with(step), model });
      }
      for (const { map, model } of made) {
        expect(new Map(map)).toEqual(model);
        for (const name of ['a1', 'dq', 'nothing']) expect(map.get(name)).toBe(model.get(name));
      }
    }),
  );
});

test('what objects have become is told apart by checkpoint', () => {
  const id = fc.constantFrom('1', '2', '3').map((digit) => digit.repeat(40) as ObjectId);
  const checkpoint = fc.constantFrom(
    'a3b2c4d5e6f7',
    'b1c2d3e4f506',
    '0AZX4T9QK3M8V7W6P5R4S3T2A1',
  ) as fc.Arbitrary<CheckpointId>;
  fc.assert(
    fc.property(fc.array(fc.tuple(checkpoint, id, id), { maxLength: 20 }), (sets) => {
      const ids = new IdsByCheckpoint('sha1');
      const model = new Map<string, ObjectId>();
      for (const [owner, object, result] of sets) {
        ids.set(owner, object, result);
        model.set(owner + object, result);
        for (const [other, one] of sets) expect(ids.get(other, one)).toBe(model.get(other + one));
      }
    }),
  );
});
