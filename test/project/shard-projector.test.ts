import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { compareEntries, serializeTree, type TreeEntry } from '../../src/git/tree.ts';
import { checkpointOfEntry } from '../../src/layout/checkpoint-walk.ts';
import { hashingSink } from '../../src/project/projection.ts';
import { type ReadShard, ShardProjector } from '../../src/project/shard-projector.ts';
import { runs } from '../fixtures/scale.ts';

const id = (digit: string) => digit.repeat(40) as ObjectId;

/** What becomes of an entry follows from its id alone: nothing, another one, or itself. */
const mainOf = (one: TreeEntry) => (one.id === id('4') ? null : one.id === id('1') ? id('9') : one.id);

const entry: fc.Arbitrary<TreeEntry> = fc.record({
  mode: fc.constantFrom('40000', '40000', '100644'),
  name: fc.constantFrom('0000000000', '1111111111', '2222222222', 'aaaaaaaaaa', 'notes'),
  id: fc.constantFrom(id('4'), id('1'), id('2'), id('3')),
});
const sorted = fc.array(entry, { maxLength: 6 }).map((list) => {
  const byName = new Map(list.map((one) => [one.name, one]));
  return [...byName.values()].sort(compareEntries);
});
/** Trees that no git writes have a name twice, or are in no order. */
const versions = fc.array(fc.oneof({ arbitrary: sorted, weight: 6 }, fc.array(entry, { maxLength: 6 })), {
  minLength: 1,
  maxLength: 12,
});

function projector(): ShardProjector {
  return new ShardProjector('a3', 'sha1', hashingSink('sha1'));
}

/** The id of a version is made of its place, so that each has one of its own. */
function project(shard: ShardProjector, version: ReadShard, place: number): number {
  return shard.project(version, hashObject('sha1', 'blob', Buffer.from(`${place}`)), mainOf);
}

function projectAll(shard: ShardProjector, trees: ReadonlyArray<readonly TreeEntry[]>): number[] {
  return trees.map((entries, i) => project(shard, shard.read(serializeTree(entries)), i));
}

/** A shard's checkpoints as its tree alone says. */
function checkpointsIn(entries: readonly TreeEntry[]) {
  const found = entries.flatMap((one) => {
    const checkpoint = checkpointOfEntry('a3', one);
    return checkpoint === undefined ? [] : [[checkpoint, one.id] as const];
  });
  return [...new Map(found)].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('the versions of a shard', () => {
  it('are what each is alone, however they follow one another', () => {
    fc.assert(
      fc.property(versions, (trees) => {
        const shard = projector();
        const made = projectAll(shard, trees);
        made.forEach((version, i) => {
          const entries = trees[i] ?? [];
          const alone = projector();
          const projected = entries.flatMap((one) => {
            const main = mainOf(one);
            return main === null ? [] : [{ ...one, id: main }];
          });
          const tree = hashObject('sha1', 'tree', serializeTree(projected));
          const isV1 = entries.length > 0 && entries.every((one) => mainOf(one) === one.id);
          expect(projectAll(alone, [entries])).toEqual([0]);
          expect(shard.versions.mainOf(version) === null).toBe(projected.length === 0);
          if (projected.length > 0 && !isV1) expect(shard.versions.mainOf(version)).toBe(tree);
          expect(shard.versions.checkpointsOf(version)).toEqual(checkpointsIn(entries));
          expect(alone.versions.checkpointsOf(0)).toEqual(checkpointsIn(entries));
        });
      }),
      { numRuns: runs(1000) },
    );
  });

  it('are read one by one, and projected later', () => {
    fc.assert(
      fc.property(versions, (trees) => {
        const shard = projector();
        const read = trees.map((entries) => shard.read(serializeTree(entries)));
        read.forEach((version, i) => {
          expect(shard.versions.checkpointsOf(project(shard, version, i))).toEqual(checkpointsIn(trees[i] ?? []));
        });
      }),
      { numRuns: runs(300) },
    );
  });

  it('keep what changed, and not all that is there', () => {
    const names = Array.from({ length: 100 }, (_, i) => String(i).padStart(10, '0'));
    const trees = names.map((_, i) => names.slice(0, i + 1).map((name) => ({ mode: '40000', name, id: id('2') })));
    const shard = projector();
    const made = projectAll(shard, trees);
    const changes = made.map((version) => shard.versions.latestSince(version, (one) => one < version).size);
    expect(changes).toEqual(made.map(() => 1));
    expect(shard.versions.checkpointsOf(made.at(-1) ?? -1)).toHaveLength(100);
  });

  it('say what is new since an earlier one', () => {
    const shard = projector();
    const [a, b] = ['0000000000', '1111111111'].map((name) => ({ mode: '40000', name, id: id('2') })) as [
      TreeEntry,
      TreeEntry,
    ];
    const [first, second, third = -1] = projectAll(shard, [[a], [a, b], [b]]);
    const since = (known: number | undefined) => [...shard.versions.latestSince(third, (version) => version === known)];
    expect(since(second)).toEqual([['a30000000000', null]]);
    expect(since(first)).toEqual([
      ['a30000000000', null],
      ['a31111111111', id('2')],
    ]);
  });

  it('know each tree by its first version', () => {
    const shard = projector();
    const tree = serializeTree([{ mode: '40000', name: '0000000000', id: id('2') }]);
    const made = [0, 1, 0].map((place) => project(shard, shard.read(tree), place));
    expect(made).toEqual([0, 1, 0]);
    expect(shard.versions.versionOf(id('7'))).toBe(-1);
  });
});
