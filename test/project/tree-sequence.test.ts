import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { compareEntries, parseTree, serializeTree, type TreeEntry } from '../../src/git/tree.ts';
import { sharedEnds, TreeSequence } from '../../src/project/tree-sequence.ts';

/** Few names, ids and modes, so that trees resemble one another; names that end like others, or hold a mode, mislead. */
const entry = (idLength: number): fc.Arbitrary<TreeEntry> =>
  fc.record({
    mode: fc.constantFrom('40000', '100644', '140000', '0'),
    name: fc.constantFrom('a', 'b', 'a b', ' b', 'b ', '0', '00', '44 a', '100644 a', '40000', '\xff', 'a\xe9', '\x01'),
    id: fc
      .tuple(fc.constantFrom('00', '20', '61', '2061', '310020'), fc.constantFrom('', '', '01', '20'))
      .map(([digits, last]) => (digits.repeat(idLength).slice(0, idLength * 2 - last.length) + last) as ObjectId),
  });
const tree = (idLength: number) =>
  fc
    .uniqueArray(entry(idLength), { selector: ({ name }) => name, maxLength: 8 })
    .map((list) => list.sort(compareEntries));

test.each([20, 32])('a sequence of trees is read as each tree alone is (ids of %d bytes)', (idLength) => {
  fc.assert(
    fc.property(fc.array(tree(idLength), { maxLength: 6 }), (trees) => {
      const sequence = new TreeSequence(idLength);
      for (const list of trees) {
        const content = serializeTree(list);
        expect(sequence.parse(content)).toEqual(parseTree(content, idLength));
      }
    }),
    { numRuns: 1500 },
  );
});

test('trees of which each is the one before with a change', () => {
  const change = fc.record({ at: fc.nat(), drop: fc.nat({ max: 2 }), add: fc.array(entry(20), { maxLength: 2 }) });
  fc.assert(
    fc.property(tree(20), fc.array(change, { maxLength: 8 }), (first, changes) => {
      const sequence = new TreeSequence(20);
      let list = first;
      sequence.parse(serializeTree(list));
      for (const { at, drop, add } of changes) {
        list = [...list];
        list.splice(at % (list.length + 1), drop, ...add);
        const content = serializeTree(list);
        expect(sequence.parse(content)).toEqual(list);
        expect(parseTree(content, 20)).toEqual(list);
      }
    }),
    { numRuns: 1000 },
  );
});

test('what is the same at both ends keeps its entries', () => {
  const id = (n: number) => `${n}`.repeat(40).slice(0, 40) as ObjectId;
  const list = ['a', 'b', 'c', 'd', 'e'].map((name, n) => ({ mode: '40000', name, id: id(n) }));
  const sequence = new TreeSequence(20);
  const before = sequence.parse(serializeTree(list));
  const same = sequence.parse(serializeTree(list));
  expect(sharedEnds(before, same)).toEqual([5, 0]);
  const after = sequence.parse(serializeTree(list.with(2, { mode: '40000', name: 'c', id: id(7) })));
  expect(sharedEnds(before, after)).toEqual([2, 2]);
  const grown = sequence.parse(
    serializeTree([...list.slice(0, 3), { mode: '100644', name: 'cc', id: id(1) }, ...list.slice(3)]),
  );
  expect(sharedEnds(after, grown)).toEqual([2, 2]);
});

test('after bytes that are not a tree the sequence goes on', () => {
  const good = serializeTree([{ mode: '100644', name: 'a', id: '1'.repeat(40) as ObjectId }]);
  const sequence = new TreeSequence(20);
  for (const content of [good, good.subarray(0, 9), good, Buffer.from('100644'), good]) {
    const expected = content === good;
    if (expected) expect(sequence.parse(content)).toEqual(parseTree(good, 20));
    else expect(() => sequence.parse(content)).toThrow(RangeError);
  }
});
