import { expect, it } from 'vitest';
import { BadObjectError } from '../../src/git/errors.ts';
import { linksOf } from '../../src/git/links.ts';
import type { ObjectId, ObjectType } from '../../src/git/object-id.ts';

const [self, one, two] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [ObjectId, ObjectId, ObjectId];

const linksIn = (type: ObjectType, content: string | Buffer, isCutOff = false) =>
  linksOf({ id: self, type, content: Buffer.from(content) }, isCutOff);

it("names a commit's tree and parents, and no parents where a shallow clone ends", () => {
  const commit = `tree ${one}\nparent ${two}\nauthor A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\n\nparent ${self}\n`;
  const tree = { id: one, type: 'tree' };
  expect(linksIn('commit', commit)).toEqual([tree, { id: two, type: 'commit' }]);
  expect(linksIn('commit', commit, true)).toEqual([tree]);
});

it('names files and folders of a tree, of old writers too, and no submodule', () => {
  const entry = (mode: string, id: string) => Buffer.concat([Buffer.from(`${mode} x\0`), Buffer.from(id, 'hex')]);
  const content = Buffer.concat([entry('100644', one), entry('160000', self), entry('040000', two)]);
  expect(linksIn('tree', content)).toEqual([
    { id: one, type: 'blob' },
    { id: two, type: 'tree' },
  ]);
  expect(() => linksIn('tree', content.subarray(0, 20))).toThrow(RangeError);
});

it('names the target of a tag, by the type that the tag says', () => {
  expect(linksIn('tag', `object ${one}\ntype blob\ntag v1\n`)).toEqual([{ id: one, type: 'blob' }]);
  for (const bad of ['', `object ${one}\n`, 'object x\ntype commit\n', `object ${one}\ntype file\n`]) {
    expect(() => linksIn('tag', bad)).toThrow(BadObjectError);
  }
});

it('names nothing in a blob', () => {
  expect(linksIn('blob', `tree ${one}\n`)).toEqual([]);
});
