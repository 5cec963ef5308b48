import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { TreeBytes } from '../../src/project/tree-bytes.ts';

it('keeps what was given, whatever becomes of the buffer and of those that follow', () => {
  const kept = new TreeBytes();
  const given = [0, 1, 200, 70_000, 300_000, 200_000, 200_000, 0, 5].map((size) => randomBytes(size));
  const before = given.map((content) => content.toString('hex'));
  const places = given.map((content) => kept.keep(content));
  for (const content of given) content.fill(0);
  expect(places.map((content) => content.toString('hex'))).toEqual(before);
});
