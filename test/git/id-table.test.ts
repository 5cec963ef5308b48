import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdList, IdMap, IdTable } from '../../src/git/id-table.ts';
import type { ObjectFormat, ObjectId } from '../../src/git/object-id.ts';

describe.each<ObjectFormat>(['sha1', 'sha256'])('ids of %s as bytes', (format) => {
  const digits = format === 'sha1' ? 40 : 64;
  /** Few of them begin or end otherwise, so that they meet where they are looked for. */
  const ids = fc
    .tuple(fc.constantFrom('0', '9', 'a', 'f'), fc.constantFrom('0', '1', 'e'), fc.constantFrom('0', '8'))
    .map(([first, fill, last]) => `${first}${fill.repeat(digits - 2)}${last}` as ObjectId);
  const real = ids.filter((id) => !/^0*$/.test(id));

  it('are listed as they came, with nothing among them', () => {
    fc.assert(
      fc.property(fc.array(fc.option(real), { maxLength: 80 }), (all) => {
        const list = new IdList(format);
        for (const id of all) list.push(id);
        expect(all.map((_, index) => list.atOrNull(index))).toEqual(all);
        expect(all.map((id, index) => (id === null ? null : list.at(index)))).toEqual(all);
        expect(list.size).toBe(all.length);
      }),
    );
  });

  it('are known by their places, each once', () => {
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 80 }), (all) => {
        const table = new IdTable(format);
        const known: ObjectId[] = [];
        for (const id of all) {
          expect(table.placeOf(id)).toBe(known.indexOf(id));
          if (!known.includes(id)) known.push(id);
          expect(table.add(id)).toBe(known.indexOf(id));
          expect(known.map((one) => table.placeOf(one))).toEqual([...known.keys()]);
        }
        expect(known.map((_, place) => table.at(place))).toEqual(known);
        expect(table.size).toBe(known.length);
      }),
    );
  });

  it('stand for others as in a map', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, ids), { maxLength: 80 }), (all) => {
        const [map, model] = [new IdMap(format), new Map<ObjectId, ObjectId>()];
        for (const [id, value] of all) {
          expect([map.has(id), map.get(id)]).toEqual([model.has(id), model.get(id)]);
          map.set(id, value);
          model.set(id, value);
        }
        for (const [id, value] of model) expect(map.get(id)).toBe(value);
      }),
    );
  });
});
