import { expect, test } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { serializeTree } from '../../src/git/tree.ts';
import { FullTrees } from '../../src/project/full-trees.ts';

const id = (n: number) => n.toString(16).padStart(40, '0') as ObjectId;
const checkpoint = (n: number) => n.toString(16).padStart(12, '0') as CheckpointId;
const folder = (name: string, of: ObjectId) => serializeTree([{ mode: '40000', name, id: of }]);
const transcript = (of: ObjectId) => serializeTree([{ mode: '100644', name: 'full.jsonl', id: of }]);

/** Says what it was given. */
function recorder() {
  const taken: ObjectId[] = [];
  const add = (_: unknown, content: Buffer) => {
    const made = hashObject('sha1', 'tree', content);
    taken.push(made);
    return made;
  };
  return { taken, add };
}

test('what is placed is stored with all that is new in it, once, and what is not placed is not', () => {
  const trees = new FullTrees('sha1');
  const shared = trees.add(transcript(id(1)));
  const other = trees.add(transcript(id(2)));
  const [one, two, stale] = [folder('0', shared), folder('1', shared), folder('0', other)].map((of) => trees.add(of));
  const asInV1 = trees.add(folder('0', id(99)));
  const sink = recorder();
  const placed = trees.store(sink, [
    [checkpoint(1), { full: one }],
    [checkpoint(2), { full: two }],
    [checkpoint(3), { full: asInV1 }],
    [checkpoint(4), { full: id(98) }],
    [checkpoint(5), { full: null }],
    [checkpoint(6), { full: undefined }],
    [checkpoint(7), null],
  ] as Array<[CheckpointId, { full: ObjectId | null | undefined } | null]>);
  expect(placed).toEqual(new Map([one, two, asInV1, id(98)].map((of, i) => [checkpoint(i + 1), of])));
  expect([...sink.taken].sort()).toEqual([one, two, shared, asInV1].sort());
  expect(sink.taken).not.toContain(stale);
});

test('very many small trees stay what they are', () => {
  const trees = new FullTrees('sha1');
  const count = 50_000;
  const made = Array.from({ length: count }, (_, n) => trees.add(transcript(id(n))));
  const sink = recorder();
  trees.store(
    sink,
    made.map((full, n) => [checkpoint(n), { full }]),
  );
  expect(sink.taken).toEqual(made);
});
