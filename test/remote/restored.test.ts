import { beforeEach, describe, expect, test } from 'vitest';
import { prune } from '../../src/prune/prune.ts';
import { restoreArchive } from '../../src/prune/restore.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git } from '../fixtures/git.ts';
import { shardPath } from '../fixtures/v1-builder.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, shareArchive, team } from './team.ts';

const FULL = 'refs/entire/checkpoints/v2/full/';
let remote: string;
let ann: string;
let bob: string;

/** In both clones: an archive of three, which ann pruned and brought back when a checkpoint of it had been written again. */
beforeEach(async () => {
  const made = team('ann', 'bob');
  remote = made.remote;
  [ann, bob] = made.clones as [string, string];
  await shareArchive(ann, bob);
  await withRepository(ann, 'native', (repo) => prune(repo, { retentionDays: 0, olderThan: 0, apply: true }));
  clientWrite(ann, { id: idOf('a1'), session: 'again', number: 1, at: 1_750_000_100 });
  await migrateIn(ann);
  await withRepository(ann, 'native', (repo) => restoreArchive(repo, 1));
});

function heldIn(dir: string, generation: string): string[] {
  const files = git(dir, 'ls-tree', '-r', '--name-only', FULL + generation).split('\n');
  return ['a1', 'a2', 'a3', 'a4', 'b1'].filter((word) => files.some((file) => file.startsWith(shardPath(idOf(word)))));
}

describe('an archive that was brought back without what is elsewhere by now', () => {
  test('is not filled again by a clone that has the one of before', async () => {
    await pushIn(ann);
    expect(heldIn(ann, '0000000000001')).toEqual(['a2', 'a3']);
    const expected = checkpointRefs(ann);
    await fetchIn(bob);
    expect(checkpointRefs(bob)).toEqual(expected);
    await pushIn(bob);
    expect(checkpointRefs(remote)).toEqual(expected);
  });

  test('is not made again where V1 was merged', async () => {
    clientWrite(bob, { id: idOf('b1'), author: 'Bob', at: 1_750_000_200 });
    await pushIn(bob);
    await pushIn(ann);
    await fetchIn(bob);
    expect(heldIn(ann, '0000000000001')).toEqual(['a2', 'a3']);
    expect(checkpointRefs(ann)).toEqual(checkpointRefs(remote));
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(remote));
  });
});
