import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { compareEntries, serializeTree, type TreeEntry } from '../../src/git/tree.ts';
import { checkpointOfEntry } from '../../src/layout/checkpoint-walk.ts';
import { hashingSink } from '../../src/project/projection.ts';
import {
  checkpointsOfShard,
  type InShard,
  latestSince,
  type ProjectedShard,
  ShardProjector,
} from '../../src/project/shard-projector.ts';
import { runs } from '../fixtures/scale.ts';

const id = (digit: string) => digit.repeat(40) as ObjectId;

/** What becomes of an entry follows from its id alone: nothing, another one, or itself. */
const PARTS: InShard = {
  mainOf: (entry) => (entry.id === id('0') ? null : entry.id === id('1') ? id('9') : entry.id),
  checkpoint: (_, entry) => ({ tree: entry.id, main: PARTS.mainOf(entry), full: null }),
};

const entry: fc.Arbitrary<TreeEntry> = fc.record({
  mode: fc.constantFrom('40000', '40000', '100644'),
  name: fc.constantFrom('0000000000', '1111111111', '2222222222', 'aaaaaaaaaa', 'notes'),
  id: fc.constantFrom(id('0'), id('1'), id('2'), id('3')),
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
  return new ShardProjector('a3', 20, hashingSink('sha1'));
}

function project(shard: ShardProjector, entries: readonly TreeEntry[]): ProjectedShard {
  return shard.project(shard.read(serializeTree(entries)), id('f'), PARTS);
}

/** A shard's checkpoints as its tree alone says. */
function checkpointsIn(entries: readonly TreeEntry[]) {
  const found = entries.flatMap((one) => {
    const checkpoint = checkpointOfEntry('a3', one);
    return checkpoint === undefined ? [] : [[checkpoint, PARTS.checkpoint(checkpoint, one)] as const];
  });
  return [...new Map(found)].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('the versions of a shard', () => {
  it('are what each is alone, however they follow one another', () => {
    fc.assert(
      fc.property(versions, (trees) => {
        const shard = projector();
        const made = trees.map((entries) => project(shard, entries));
        made.forEach((version, i) => {
          const entries = trees[i] ?? [];
          expect(version.main).toBe(project(projector(), entries).main);
          expect(checkpointsOfShard(version)).toEqual(checkpointsIn(entries));
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
          expect(checkpointsOfShard(shard.project(version, id('f'), PARTS))).toEqual(checkpointsIn(trees[i] ?? []));
        });
      }),
      { numRuns: runs(300) },
    );
  });

  it('keep what changed, and not all that is there', () => {
    const shard = projector();
    const entries: TreeEntry[] = [];
    let kept = 0;
    let last: ProjectedShard | undefined;
    for (let i = 0; i < 100; i++) {
      entries.push({ mode: '40000', name: String(i).padStart(10, '0'), id: id('2') });
      last = project(shard, entries);
      kept += last.changed.length;
    }
    expect(kept).toBe(100);
    expect(checkpointsOfShard(last as ProjectedShard)).toHaveLength(100);
  });

  it('say what is new since an earlier one', () => {
    const shard = projector();
    const [a, b] = ['0000000000', '1111111111'].map((name) => ({ mode: '40000', name, id: id('2') })) as [
      TreeEntry,
      TreeEntry,
    ];
    const first = project(shard, [a]);
    const second = project(shard, [a, b]);
    const third = project(shard, [b]);
    const since = (known: ProjectedShard) => [...latestSince(third, (version) => version === known)];
    const there = { tree: id('2'), main: id('2'), full: null };
    expect(since(second)).toEqual([['a30000000000', null]]);
    expect(since(first)).toEqual([
      ['a30000000000', null],
      ['a31111111111', there],
    ]);
  });
});
