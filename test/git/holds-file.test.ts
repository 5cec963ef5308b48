import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { holdsFile } from '../../src/git/holds-file.ts';
import { type ObjectId, toObjectId } from '../../src/git/object-id.ts';
import type { TreeEntry } from '../../src/git/tree.ts';

/** A chain of folders, each of which has the next one twice; the last has these entries. */
function doubled(depth: number, last: readonly TreeEntry[]) {
  const idOf = (level: number): ObjectId => toObjectId(createHash('sha1').update(`${level}`).digest('hex'));
  const trees = new Map<ObjectId, readonly TreeEntry[]>([[idOf(depth), last]]);
  for (let level = 0; level < depth; level++) {
    const inner = idOf(level + 1);
    trees.set(
      idOf(level),
      ['a', 'b'].map((name) => ({ mode: '40000', name, id: inner })),
    );
  }
  let readCount = 0;
  const read = async (id: ObjectId) => {
    readCount += 1;
    return trees.get(id) ?? [];
  };
  return { root: idOf(0), read, reads: () => readCount };
}

test('a folder of folders without a file holds none, and each is read once', async () => {
  const { root, read, reads } = doubled(60, []);
  expect(await holdsFile(root, read)).toBe(false);
  expect(reads()).toBe(61);
});

test('a file at the end of them is found', async () => {
  const file = { mode: '100644', name: 'x', id: toObjectId('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391') };
  const { root, read } = doubled(60, [file]);
  expect(await holdsFile(root, read)).toBe(true);
});
