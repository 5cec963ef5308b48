import { beforeEach, describe, expect, test } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { prune } from '../../src/prune/prune.ts';
import { planPush } from '../../src/remote/plan-push.ts';
import { byRemoteName, trackingPrefix } from '../../src/standing/remote-refs.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, refs } from '../fixtures/git.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { pushIn, shareArchive, team } from './team.ts';

const V2 = 'refs/entire/checkpoints/v2/';
const ARCHIVE = `${V2}full/0000000000001`;
let remote: string;
let ann: string;
let bob: string;

/** In both clones and the remote: one archive, and a checkpoint in full/current. */
beforeEach(async () => {
  const made = team('ann', 'bob');
  remote = made.remote;
  [ann, bob] = made.clones as [string, string];
  await shareArchive(ann, bob);
});

/** What a push would send of V2, and what it would hold back, without any fetch before it. */
async function planIn(dir: string) {
  const theirs = Object.entries(refs(remote, 'refs/')).map(([name, id]) => ({ name, id: id as ObjectId }));
  return withRepository(dir, 'native', async (repo) => {
    const tracked = byRemoteName('origin', await repo.listRefs(trackingPrefix('origin')));
    const { together, diverged } = await planPush(repo, { theirs, tracked, united: new Map() }, ['v2']);
    return { sent: together.map(({ ref }) => ref), heldBack: diverged.map(({ ref }) => ref) };
  });
}

function pruneIn(dir: string): Promise<unknown> {
  return withRepository(dir, 'native', (repo) => prune(repo, { retentionDays: 0, olderThan: 0, apply: true }));
}

async function rotateIn(dir: string): Promise<void> {
  for (const word of ['b1', 'b2']) clientWrite(dir, { id: idOf(word), author: 'Bob', at: 1_750_000_100 });
  await migrateIn(dir, { maxCheckpoints: 3 });
}

describe('generations are sent only over those that were united with what is here', () => {
  test('what the remote had when it was asked last', async () => {
    await rotateIn(bob);
    const { sent, heldBack } = await planIn(bob);
    expect(sent).toEqual([`${V2}full/0000000000002`, `${V2}full/current`, `${V2}generations`, `${V2}main`]);
    expect(heldBack).toEqual([]);
  });

  test('a manifest that would bring back a pruned archive is held back', async () => {
    await pruneIn(ann);
    await pushIn(ann);
    git(remote, 'update-ref', '-d', ARCHIVE);
    await rotateIn(bob);
    const { sent, heldBack } = await planIn(bob);
    expect(sent).toEqual([]);
    expect(heldBack).toEqual(expect.arrayContaining([ARCHIVE, `${V2}generations`]));
  });

  test('an archive that is gone there is not sent again', async () => {
    git(remote, 'update-ref', '-d', ARCHIVE);
    expect(await planIn(bob)).toEqual({ sent: [], heldBack: [ARCHIVE] });
  });

  test('generations that would drop what somebody has archived meanwhile are held back', async () => {
    await rotateIn(ann);
    await pushIn(ann);
    // The same checkpoints by the same commits, in generations that bob made by himself.
    git(bob, 'fetch', '-q', 'origin', 'entire/checkpoints/v1:entire/checkpoints/v1');
    await migrateIn(bob, { maxCheckpoints: 3 });
    clientWrite(bob, { id: idOf('b3'), author: 'Bob', at: 1_750_000_200 });
    await migrateIn(bob, { maxCheckpoints: 3 });
    const { sent, heldBack } = await planIn(bob);
    expect(sent).toEqual([]);
    expect(heldBack).toContain(`${V2}full/current`);
  });
});
