import { beforeEach, expect, test } from 'vitest';
import { prune } from '../../src/prune/prune.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, refs } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { complaints, migrateIn, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, team } from './team.ts';

const FULL = 'refs/entire/checkpoints/v2/full/';
const LOST = `${FULL}0000000000002`;
const SIZE = { askedMaxCheckpoints: 1 };
let remote: string;
let ann: string;
let bob: string;
/** The generations that ann had before the ref of an archive went. */
let whole: Record<string, string>;

/** In ann's clone: five archives of one, the first pruned, and then the second one's ref deleted by hand. */
beforeEach(async () => {
  const made = team('ann', 'bob');
  remote = made.remote;
  [ann, bob] = made.clones as [string, string];
  for (const word of ['a1', 'a2', 'a3', 'a4', 'a5']) clientWrite(ann, { id: idOf(word) });
  await migrateIn(ann, { maxCheckpoints: 1 });
  await withRepository(ann, 'native', (repo) => prune(repo, { retentionDays: 0, olderThan: 0, keep: 4, apply: true }));
  whole = refs(ann, FULL);
  expect(Object.keys(whole)).toContain(LOST);
  git(ann, 'update-ref', '-d', LOST);
});

test('an archive whose ref went before the first push is made again, and no other gets its number', async () => {
  await pushIn(ann, SIZE);
  await pushIn(ann, SIZE);
  expect(refs(ann, FULL)).toEqual(whole);
  expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  await fetchIn(bob, SIZE);
  expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
  expect(complaints(ann)).toEqual([]);
});

test.runIf(IS_LONG)('an archive whose ref went at the remote as well is made again where V1 went on', async () => {
  await pushIn(ann, SIZE);
  clientWrite(bob, { id: idOf('b1'), author: 'Bob', at: 1_750_000_200 });
  await pushIn(bob, SIZE);
  await fetchIn(ann, SIZE);
  await pushIn(ann, SIZE);
  expect(git(ann, 'rev-parse', LOST)).toBe(whole[LOST]);
  expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  expect(complaints(ann)).toEqual([]);
});
