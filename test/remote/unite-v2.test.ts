import { beforeEach, describe, expect, test } from 'vitest';
import { prune } from '../../src/prune/prune.ts';
import { pruneRemote } from '../../src/remote/prune-remote.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { v2ClientRotate, v2ClientWrite } from '../fixtures/entire-v2-client.ts';
import { git } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, settings, team } from './team.ts';
import { expectSoundV2, generationsOf, rotateV2, transcriptsIn } from './v2-clone.ts';
import { MAX, writeV2 } from './v2-writes.ts';

const names = ['c1', 'c2', 'a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'b4'] as const;
const ID = Object.fromEntries(names.map((name) => [name, idOf(name)])) as Record<(typeof names)[number], string>;
const START = 1_750_000_000;

let remote: string;
let ann: string;
let bob: string;
let copy: string;

/** Two clones of a remote with two checkpoints, all of them in V2 alone. `copy` is what another clone was like at some moment. */
beforeEach(async () => {
  const made = team('ann', 'bob', 'copy');
  remote = made.remote;
  [ann, bob, copy] = made.clones as [string, string, string];
  for (const clone of made.clones) settings(clone, { strategy_options: { checkpoints_version: 2 } });
  await writeV2(ann, { id: ID.c1, at: START });
  await writeV2(ann, { id: ID.c2, at: START + 1 });
  await pushIn(ann);
  await fetchIn(bob);
});

/** Each fetches from the other, as the other was before: then both have the same. */
async function fetchFromEachOther(): Promise<void> {
  git(copy, 'fetch', '-q', ann, '+refs/entire/*:refs/entire/*');
  const before = { ...transcriptsIn(ann), ...transcriptsIn(bob) };
  await fetchIn(ann, { remote: bob });
  await fetchIn(bob, { remote: copy });
  expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
  expect(Object.keys(transcriptsIn(ann)).sort()).toEqual(Object.keys(before).sort());
  await fetchIn(ann, { remote: bob });
  expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
  for (const ids of Object.values(generationsOf(ann))) expect(ids.length).toBeLessThanOrEqual(MAX);
  await expectSoundV2(ann);
  await pushIn(bob);
  await pushIn(ann);
  expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
}

describe('a V2 without V1 is united', () => {
  test.runIf(IS_LONG)('both have gone on', async () => {
    await writeV2(ann, { id: ID.a1, at: START + 10 });
    await writeV2(bob, { id: ID.c1, session: 'of-bob', at: START + 20 });
    await writeV2(bob, { id: ID.c2, finalize: true, at: START + 30 });
    await fetchFromEachOther();
    expect(generationsOf(ann)).toEqual({ '0000000000001': [ID.a1, ID.c1, ID.c2].sort(), current: [] });
    const all = transcriptsIn(ann);
    expect(all[`${ID.c2} session-${ID.c2}`]?.trim().split('\n')).toHaveLength(5);
    expect(all[`${ID.c1} of-bob`]).toContain('of-bob');
    const folder = `${ID.c1.slice(0, 2)}/${ID.c1.slice(2)}`;
    const summary = JSON.parse(git(ann, 'show', `refs/entire/checkpoints/v2/main:${folder}/metadata.json`));
    expect(summary.sessions).toHaveLength(2);
  });

  test('both have rotated, each with checkpoints of its own', async () => {
    for (const [i, id] of [ID.a1, ID.a2].entries()) await writeV2(ann, { id, at: START + 10 + i });
    for (const [i, id] of [ID.b1, ID.b2].entries()) await writeV2(bob, { id, at: START + 20 + i });
    expect(generationsOf(ann)['0000000000001']).toEqual([ID.c1, ID.c2, ID.a1].sort());
    expect(generationsOf(bob)['0000000000001']).toEqual([ID.c1, ID.c2, ID.b1].sort());
    const archive = git(ann, 'rev-parse', 'refs/entire/checkpoints/v2/full/0000000000001');
    await fetchFromEachOther();
    expect(git(ann, 'rev-parse', 'refs/entire/checkpoints/v2/full/0000000000001')).toBe(archive);
    expect(generationsOf(ann)['0000000000002']).toEqual([ID.a2, ID.b1, ID.b2].sort());
  });

  test.runIf(IS_LONG)('the remote has rotated, this one has not', async () => {
    await writeV2(bob, { id: ID.b1, at: START + 10 });
    await writeV2(bob, { id: ID.c1, finalize: true, at: START + 11 });
    await pushIn(bob);
    const archive = checkpointRefs(bob)['refs/entire/checkpoints/v2/full/0000000000001'];
    await writeV2(ann, { id: ID.c2, finalize: true, at: START + 20 });
    await fetchFromEachOther();
    expect(generationsOf(ann)).toEqual({ '0000000000001': [ID.c1, ID.c2, ID.b1].sort(), current: [] });
    expect(checkpointRefs(ann)['refs/entire/checkpoints/v2/full/0000000000001']).not.toBe(archive);
    for (const id of [ID.c1, ID.c2])
      expect(transcriptsIn(ann)[`${id} session-${id}`]?.trim().split('\n')).toHaveLength(5);
  });

  test('a rotation moves nothing on main, and arrives all the same', async () => {
    await rotateV2(bob);
    const before = checkpointRefs(ann);
    await pushIn(ann);
    await pushIn(bob);
    await pushIn(ann);
    expect(checkpointRefs(ann)).not.toEqual(before);
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(generationsOf(remote)).toEqual({ '0000000000001': [ID.c1, ID.c2].sort(), current: [] });
  });

  test.runIf(IS_LONG)(
    'a number that one has pruned and the other given to others: the remote keeps an archive that is none any more',
    async () => {
      const number = 'refs/entire/checkpoints/v2/full/0000000000001';
      await writeV2(ann, { id: ID.a1, at: START + 10 });
      await pushIn(ann);
      for (const [i, id] of [ID.b1, ID.b2, ID.b3].entries()) await writeV2(copy, { id, at: START + 20 + i });
      await withRepository(copy, 'native', (repo) =>
        prune(repo, { retentionDays: 0, olderThan: 0, apply: true, allowLoss: true }),
      );
      const stale = checkpointRefs(remote)[number];
      await pushIn(copy);
      expect(generationsOf(copy)).toEqual({ '0000000000002': [ID.c1, ID.c2, ID.a1].sort(), current: [] });
      expect(checkpointRefs(remote)[number]).toBe(stale);
      await fetchIn(bob);
      expect(generationsOf(bob)).toEqual(generationsOf(copy));
      const { archives } = await withRepository(bob, 'native', (repo) => pruneRemote(repo, { apply: true }));
      expect(archives).toMatchObject([{ number: 1, commit: stale, outcome: 'deleted' }]);
      expect(checkpointRefs(remote)).toEqual(checkpointRefs(bob));
    },
  );

  test('who is behind takes over what is ahead, commit for commit', async () => {
    for (const [i, id] of [ID.a1, ID.a2].entries()) await writeV2(ann, { id, at: START + 10 + i });
    await writeV2(ann, { id: ID.c1, transcript: 'another\n', at: START + 15 });
    const before = checkpointRefs(ann);
    await pushIn(ann);
    const { united } = await fetchIn(bob);
    expect(united.map(({ change }) => change)).not.toContain('merged');
    expect(checkpointRefs(bob)).toEqual(before);
    expect(await fetchIn(ann)).toMatchObject({ status: 'up-to-date', united: [] });
  });

  test('archives of another writer: nothing twice, nothing lost, and the names in them stay', async () => {
    for (const [i, id] of [ID.a1, ID.a2].entries()) v2ClientWrite(ann, { id, at: START + 10 + i });
    v2ClientRotate(ann, START + 12);
    v2ClientWrite(ann, { id: ID.a3, at: START + 13 });
    for (const [i, id] of [ID.b1, ID.b2, ID.b3].entries()) v2ClientWrite(bob, { id, at: START + 20 + i });
    v2ClientWrite(bob, { id: ID.c1, session: 'more', number: 1, at: START + 25 });
    v2ClientRotate(bob, START + 26);
    v2ClientWrite(bob, { id: ID.b4, at: START + 27 });
    const before = { ...transcriptsIn(ann), ...transcriptsIn(bob) };
    await fetchIn(ann, { remote: bob });
    expect(transcriptsIn(ann)).toEqual(before);
    git(copy, 'fetch', '-q', bob, '+refs/entire/*:refs/entire/*');
    await pushIn(ann);
    await pushIn(bob);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    // Its next write goes on from there.
    v2ClientWrite(bob, { id: ID.a4, at: START + 40 });
    await pushIn(bob);
    await fetchIn(ann);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(Object.keys(transcriptsIn(ann))).toHaveLength(Object.keys(before).length + 1);
    const files = git(ann, 'ls-tree', '-r', '--name-only', 'refs/entire/checkpoints/v2/full/0000000000001');
    expect(files).toContain('raw_transcript');
  });

  test('of two versions of a transcript the later counts, and both stay at hand', async () => {
    await writeV2(ann, { id: ID.c1, finalize: true, transcript: transcriptText('ann', 6), at: START + 10 });
    await writeV2(bob, { id: ID.c1, finalize: true, transcript: transcriptText('bob', 7), at: START + 20 });
    const lost = git(ann, 'rev-parse', 'refs/entire/checkpoints/v2/full/current');
    const { backup, warnings } = await fetchIn(ann, { remote: bob });
    expect(transcriptsIn(ann)[`${ID.c1} session-${ID.c1}`]).toContain('of bob');
    expect(git(ann, 'rev-parse', `${backup}full/current`)).toBe(lost);
    expect(warnings.join()).toContain(backup);
  });

  test('V1 is there, and V2 has what V1 has not: both arrive everywhere', async () => {
    for (const clone of [ann, bob]) settings(clone, { strategy_options: { checkpoints_v2: true } });
    clientWrite(ann, { id: ID.a1, at: START + 10 });
    clientWrite(bob, { id: ID.b1, at: START + 20, author: 'Bob' });
    await migrateIn(ann, { maxCheckpoints: MAX });
    await migrateIn(bob, { maxCheckpoints: MAX });
    v2ClientWrite(ann, { id: ID.a2, at: START + 30 });
    v2ClientWrite(bob, { id: ID.b2, at: START + 40 });
    for (const clone of [ann, bob, ann]) await pushIn(clone);
    await fetchIn(bob);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    const held = Object.keys(transcriptsIn(remote)).map((key) => key.split(' ')[0]);
    expect(held.sort()).toEqual([ID.c1, ID.c2, ID.a1, ID.a2, ID.b1, ID.b2].sort());
    expect(await pushIn(bob)).toMatchObject({ status: 'up-to-date', united: [] });
  });
});
