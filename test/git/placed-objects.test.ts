import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectFormat, ObjectId } from '../../src/git/object-id.ts';
import { PlacedObjects } from '../../src/git/placed-objects.ts';

describe.each<ObjectFormat>(['sha1', 'sha256'])('objects of a pack, by ids of %s', (format) => {
  const length = format === 'sha1' ? 40 : 64;

  it('are found as in a map, also where ids begin or end alike', () => {
    const byte = fc.constantFrom('00', '01', 'ff');
    const id = fc
      .array(byte, { minLength: 3, maxLength: 3 })
      .map(([a, b, c]) => `${a}${'00'.repeat(length / 2 - 3)}${b}${c}` as ObjectId);
    fc.assert(
      fc.property(fc.array(id, { maxLength: 60 }), (ids) => {
        const [placed, model] = [new PlacedObjects(format), new Map<ObjectId, { offset: number; depth: number }>()];
        for (const [i, one] of ids.entries()) {
          expect(placed.get(one)).toEqual(model.get(one));
          if (model.has(one)) continue;
          const place = { offset: 12 + 10 * i, depth: i % 51 };
          model.set(one, place);
          placed.add(one, place);
          for (const [each, where] of model) expect(placed.get(each)).toEqual(where);
        }
        expect(placed.size).toBe(model.size);
        const offsets = [...[...model.values()].map(({ offset }) => offset), 1000];
        expect([...placed.spans(1000)]).toEqual(
          [...model].map(([each, { offset }], i) => ({ id: each, offset, end: offsets[i + 1] })),
        );
      }),
    );
  });

  it('are found among very many, and others are not', () => {
    const placed = new PlacedObjects(format);
    const idOf = (n: number) => createHash(format).update(`${n}`).digest('hex') as ObjectId;
    // Beyond two gigabytes, and 32 bits.
    for (let n = 0; n < 20_000; n++) placed.add(idOf(n), { offset: n * 1e6, depth: n % 51 });
    expect(placed.size).toBe(20_000);
    for (let n = 0; n < 20_000; n++) expect(placed.get(idOf(n))).toEqual({ offset: n * 1e6, depth: n % 51 });
    for (let n = 20_000; n < 21_000; n++) expect(placed.get(idOf(n))).toBeUndefined();
  });
});
