import { expect, test } from 'vitest';
import { prune } from '../../src/prune/prune.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, shareArchive, team } from './team.ts';

const FIRST = 'refs/entire/checkpoints/v2/full/0000000000001';
const SECOND = 'refs/entire/checkpoints/v2/full/0000000000002';

function pruneAll(dir: string): Promise<unknown> {
  return withRepository(dir, 'native', (repo) => prune(repo, { retentionDays: 0, olderThan: 0, apply: true }));
}

test.runIf(IS_LONG)(
  'a checkpoint that was pruned, written again and pruned again stays away in a clone that knows of the first time alone',
  async () => {
    const made = team('ann', 'bob');
    const [ann, bob] = made.clones as [string, string];
    await shareArchive(ann, bob);
    await pruneAll(ann);
    await pushIn(ann);
    await fetchIn(bob);
    clientWrite(bob, { id: idOf('a1'), session: 'again', number: 1, author: 'Bob', at: 1_750_000_100 });
    clientWrite(bob, { id: idOf('b1'), author: 'Bob', at: 1_750_000_110 });
    await migrateIn(bob, { maxCheckpoints: 3 });
    expect(Object.keys(checkpointRefs(bob))).toContain(SECOND);
    await pruneAll(bob);
    await pushIn(bob);
    await fetchIn(ann);
    expect(Object.keys(checkpointRefs(ann))).not.toContain(FIRST);
    expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
  },
);
