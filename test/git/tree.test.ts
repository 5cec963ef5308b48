import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import {
  compareEntries,
  displayName,
  isRegularFileMode,
  isTreeMode,
  LARGEST_TREE,
  parseTree,
  serializeTree,
  type TreeEntry,
} from '../../src/git/tree.ts';
import { git, gitBytes, initRepository, withTempDir } from '../fixtures/git.ts';

/** Entries with any names that git can hold: every byte but NUL and the slash. */
const entries = (idLength = 20): fc.Arbitrary<TreeEntry[]> =>
  fc
    .uniqueArray(
      fc.record({
        mode: fc.constantFrom('40000', '100644', '100755', '120000', '160000', '100664', '040000'),
        name: fc
          .uint8Array({ minLength: 1, maxLength: 6 })
          .map((bytes) =>
            Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x20 : byte))).toString('latin1'),
          ),
        id: fc
          .uint8Array({ minLength: idLength, maxLength: idLength })
          .map((bytes) => Buffer.from(bytes).toString('hex') as ObjectId),
      }),
      { selector: ({ name }) => name, maxLength: 12 },
    )
    .map((list) => list.sort(compareEntries));

test.each([20, 32])('a tree with ids of %d bytes is read as it was written', (idLength) => {
  fc.assert(
    fc.property(entries(idLength), (list) => {
      expect(parseTree(serializeTree(list), idLength)).toEqual(list);
    }),
    { numRuns: 300 },
  );
});

test('git reads what is written, in the same order', () => {
  withTempDir((temp) => {
    const dir = initRepository({ dir: temp, bare: true });
    const modes: Record<string, string> = { '40000': 'tree', '160000': 'commit' };
    fc.assert(
      fc.property(
        entries().map((list) => list.filter(({ mode }) => mode !== '040000' && mode !== '100664')),
        (list) => {
          const lines = list.map(({ mode, name, id }) => {
            const head = `${mode.padStart(6, '0')} ${modes[mode] ?? 'blob'} ${id}\t`;
            return Buffer.concat([Buffer.from(head), Buffer.from(name, 'latin1'), Buffer.from([0])]);
          });
          const input = Buffer.concat([...lines].reverse());
          const id = gitBytes(dir, ['mktree', '-z', '--missing'], { input }).toString().trim();
          expect(hashObject('sha1', 'tree', serializeTree(list))).toBe(id);
          if (list.length === 0) return;
          expect(parseTree(gitBytes(dir, ['cat-file', 'tree', id]), 20)).toEqual(list);
        },
      ),
      { numRuns: 20 },
    );
    expect(git(dir, 'hash-object', '-t', 'tree', '--stdin')).toBe(hashObject('sha1', 'tree', serializeTree([])));
  });
});

describe('bytes that are not a tree', () => {
  const whole = serializeTree([{ mode: '100644', name: 'a b', id: 'ab'.repeat(20) as ObjectId }]);

  test('truncated at any byte', () => {
    for (let length = 1; length < whole.length; length++) {
      expect(() => parseTree(whole.subarray(0, length), 20)).toThrow(RangeError);
    }
  });

  test('more than any agent writes', () => {
    expect(() => parseTree(Buffer.alloc(LARGEST_TREE + 1), 20)).toThrow('larger than 64 MiB');
  });

  test('any bytes are read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          parseTree(Buffer.from(bytes), 20);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

test('a folder is sorted as if its name ended in a slash', () => {
  const id = '0'.repeat(40) as ObjectId;
  const list = [
    { mode: '40000', name: 'a', id },
    { mode: '100644', name: 'a.b', id },
    { mode: '100644', name: 'a0', id },
    { mode: '100644', name: 'a-', id },
    { mode: '040000', name: 'b', id },
    { mode: '100644', name: 'b.', id },
    { mode: '100644', name: '\xff', id },
  ];
  expect([...list].sort(compareEntries).map(({ name }) => name)).toEqual(['a-', 'a.b', 'a', 'a0', 'b.', 'b', '\xff']);
});

test('modes', () => {
  expect(['40000', '040000', '100644', '120000', '160000'].map(isTreeMode)).toEqual([true, true, false, false, false]);
  expect(['100644', '100755', '100664', '120000', '160000', '40000'].map(isRegularFileMode)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('names are shown as UTF-8 where they are that', () => {
  expect(displayName('caf\xc3\xa9')).toBe('café');
  expect(displayName('caf\xe9')).toBe('café');
  expect(displayName('plain')).toBe('plain');
});
