import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { TreeMemory } from '../../src/git/tree-memory.ts';

const id = (n: number) => String(n).repeat(40).slice(0, 40) as ObjectId;
const treeOf = (name: ObjectId) => [{ mode: '100644', name, id: name }];

test('each tree is read once, also by those who ask at the same time', async () => {
  const memory = new TreeMemory();
  const asked: ObjectId[][] = [];
  const read = async (ids: readonly ObjectId[]) => {
    asked.push([...ids]);
    return ids.map(treeOf);
  };
  const both = await Promise.all([
    memory.trees([id(1), id(2), id(1)], read),
    memory.trees([id(3), id(2)], read),
    memory.trees([], read),
  ]);
  expect(both).toEqual([[id(1), id(2), id(1)].map(treeOf), [id(3), id(2)].map(treeOf), []]);
  expect(await memory.trees([id(2), id(3)], read)).toEqual([id(2), id(3)].map(treeOf));
  expect(asked).toEqual([[id(1), id(2)], [id(3)]]);
});

test('a tree that can not be read fails for everyone who asks for it', async () => {
  const memory = new TreeMemory();
  const read = () => Promise.reject(new Error('absent'));
  const both = await Promise.allSettled([memory.trees([id(1)], read), memory.trees([id(1)], read)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('what was forgotten is read again, and who was waiting for it gets it', async () => {
  const memory = new TreeMemory();
  let count = 0;
  const read = async (ids: readonly ObjectId[]) => {
    count += 1;
    return ids.map(treeOf);
  };
  const waiting = memory.trees([id(1), id(2)], read);
  memory.forget();
  expect(await waiting).toEqual([id(1), id(2)].map(treeOf));
  expect(await memory.trees([id(1)], read)).toEqual([treeOf(id(1))]);
  expect(count).toBe(2);
});
