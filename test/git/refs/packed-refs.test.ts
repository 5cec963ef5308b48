import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GitError } from '../../../src/git/errors.ts';
import type { ObjectId } from '../../../src/git/object-id.ts';
import { type PackedRef, PackedRefs, readPackedRefs } from '../../../src/git/refs/packed-refs.ts';
import { git, initRepository, withTempDir } from '../../fixtures/git.ts';
import { runs } from '../../fixtures/scale.ts';

const HEADER = '# pack-refs with: peeled fully-peeled sorted \n';
const id = (digit: string) => digit.repeat(40) as ObjectId;

/** Names that are close to one another, also in bytes that UTF-16 has in another order. */
const name = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'é', '\u{1f600}', '\uffee', 'a-', '0'), { minLength: 1, maxLength: 4 })
  .map((parts) => `refs/${parts.join('/')}`);
const value = fc.record({
  id: fc.constantFrom('1', '2', 'e').map(id),
  peeled: fc.option(fc.constant(id('f')), { nil: undefined }),
});
const refs = fc.array(fc.tuple(name, value), { maxLength: 30 }).map((list) => new Map<string, PackedRef>(list));
const changes = fc
  .array(fc.tuple(name, fc.option(value)), { maxLength: 8 })
  .map((list) => new Map<string, PackedRef | null>(list));

/** The text of a file with these refs, whole. */
function textOf(all: ReadonlyMap<string, PackedRef>): string {
  const sorted = [...all].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return HEADER + linesOf(sorted);
}

function linesOf(all: ReadonlyArray<readonly [string, PackedRef]>): string {
  return all.map(([ref, one]) => `${one.id} ${ref}\n${one.peeled === undefined ? '' : `^${one.peeled}\n`}`).join('');
}

const parse = (text: string) => PackedRefs.parse('packed-refs', Buffer.from(text));
const format = (packed: PackedRefs) => Buffer.concat(packed.format()).toString();

test('refs are found, listed and changed at their places as in a text that is made whole', () => {
  fc.assert(
    fc.property(refs, changes, name, (before, values, prefix) => {
      const packed = parse(textOf(before));
      for (const ref of [...before.keys(), ...values.keys()]) expect(packed.get(ref)).toEqual(before.get(ref));
      expect(new Map(packed.startingWith(prefix))).toEqual(
        new Map([...before].filter(([ref]) => ref.startsWith(prefix))),
      );
      const after = new Map(before);
      for (const [ref, one] of values) {
        if (one === null) after.delete(ref);
        else after.set(ref, one);
      }
      expect(format(packed.with(values))).toBe(textOf(after));
    }),
    { numRuns: runs(500) },
  );
});

test('a file without order, as old gits wrote it, is put in order', () => {
  fc.assert(
    fc.property(refs, (all) => {
      const packed = parse(`# pack-refs with: peeled \n${linesOf([...all].reverse())}`);
      expect(packed.isFullyPeeled).toBe(false);
      expect(format(packed)).toBe(textOf(all));
    }),
    { numRuns: runs(100) },
  );
});

test('git reads what is written, and the other way round', async () => {
  await withTempDir(async (temp) => {
    const dir = initRepository({ dir: temp, bare: true });
    const commit = git(dir, 'commit-tree', '-m', 'one', git(dir, 'hash-object', '-w', '-t', 'tree', '--stdin'));
    for (const ref of ['b', 'a/c', 'a', 'é', '\u{1f600}', '\uffee'].map((one) => `refs/x/${one}-`)) {
      git(dir, 'update-ref', ref, commit);
    }
    git(dir, 'tag', '-a', '-m', 'tag', 'tagged', commit);
    git(dir, 'pack-refs', '--all');
    const path = join(dir, 'packed-refs');
    const packed = await readPackedRefs(dir);
    expect(format(packed)).toBe(readFileSync(path, 'utf8'));
    const tag = git(dir, 'rev-parse', 'refs/tags/tagged') as ObjectId;
    const made = packed.with(new Map([['refs/x/new', { id: tag, peeled: commit as ObjectId }]]));
    writeFileSync(path, Buffer.concat(made.format()));
    expect(git(dir, 'show-ref', '-d', '--', 'new').split('\n')).toEqual([
      `${tag} refs/x/new`,
      `${commit} refs/x/new^{}`,
    ]);
    git(dir, 'update-ref', '-d', 'refs/x/new');
    expect(readFileSync(path, 'utf8')).toBe(format(packed));
  });
});

describe('a line that is not a ref', () => {
  const good = linesOf([['refs/good', { id: id('1'), peeled: undefined }]]);

  test.each([
    ['an id that is cut short', `${HEADER}1111 refs/a\n${good}`],
    ['no space', `${HEADER}nothing\n${good}`],
    ['a peeled id that is not one', `${HEADER}${id('1')} refs/a\n^oops\n${good}`],
    ['a peeled id of no ref', `${HEADER}^${id('1')}\n${good}`],
    ['the ends of lines of Windows', (HEADER + good).replaceAll('\n', '\r\n')],
    ['an empty line', `${HEADER}\n${good}`],
  ])('is named by who comes to it: %s', (_, text) => {
    expect(() => [...parse(text).startingWith('')]).toThrow(GitError);
  });

  test('is named at once where it has no end', () => {
    expect(() => parse(`${HEADER}${good}${id('2')} refs/cut-o`)).toThrow(/packed-refs has a line .*refs\/cut-o/);
  });
});
