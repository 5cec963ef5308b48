import { expect, test } from 'vitest';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitBytes, refs } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import { complaints } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, settings, team } from './team.ts';

const FULL = 'refs/entire/checkpoints/v2/full/';
const WORDS = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];

/** Deletes a checkpoint from V1, in a commit on top. */
function deleteFromV1(dir: string, word: string): void {
  const by = 'committer Ann <ann@example.com> 1750000300 +0000';
  const stream = [`commit ${V1_REF}`, by, 'data 6', 'delete', `from ${V1_REF}^0`, `D ${shardPath(idOf(word))}`, ''];
  gitBytes(dir, ['fast-import', '--quiet'], { input: stream.join('\n') });
}

/** A team of which ann has pushed V1 and V2, and has then deleted a checkpoint of the first archive from V1. */
async function withShortArchive(): Promise<Record<'remote' | 'ann' | 'bob', string>> {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  for (const word of WORDS) clientWrite(ann, { id: idOf(word) });
  await pushIn(ann);
  deleteFromV1(ann, 'a1');
  await pushIn(ann);
  return { remote, ann, bob };
}

test('a clone without V2 starts with the archives that the team has, also where V1 lacks a checkpoint of one since', async () => {
  const { remote, ann, bob } = await withShortArchive();
  const { united } = await fetchIn(bob);
  expect(checkpointRefs(bob)).toEqual(checkpointRefs(remote));
  expect(Object.fromEntries(united.map(({ ref, change }) => [ref, change]))).toEqual(
    Object.fromEntries(Object.keys(checkpointRefs(remote)).map((ref) => [ref, 'created'])),
  );
  clientWrite(bob, { id: idOf('b1'), author: 'Bob', at: 1_750_000_400 });
  clientWrite(bob, { id: idOf('b2'), author: 'Bob', at: 1_750_000_410 });
  await pushIn(bob);
  await fetchIn(ann);
  expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
  expect(checkpointRefs(remote)).toEqual(checkpointRefs(bob));
  expect(complaints(bob)).toEqual([]);
});

test('its first push starts with them too, and V2 is brought up to what V1 has got here', async () => {
  const { remote, ann, bob } = await withShortArchive();
  await fetchIn(bob, { merges: false });
  git(bob, 'update-ref', V1_REF, git(ann, 'rev-parse', V1_REF));
  clientWrite(bob, { id: idOf('b1'), author: 'Bob', at: 1_750_000_400 });
  await pushIn(bob);
  await fetchIn(ann);
  expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
  expect(checkpointRefs(remote)).toEqual(checkpointRefs(bob));
});

test('a remote whose V2 lacks an archive that nobody pruned is not one to start with: V1 is projected', async () => {
  const { remote, ann, bob } = await withShortArchive();
  git(remote, 'update-ref', '-d', `${FULL}0000000000001`);
  await fetchIn(bob);
  expect(Object.keys(refs(bob, FULL))).toEqual(Object.keys(refs(ann, FULL)));
  expect(refs(bob, FULL)).not.toEqual(refs(ann, FULL));
  expect(complaints(bob)).toEqual([]);
});

test.runIf(IS_LONG)('nor is one whose full/current or manifest is gone, or holds no generation', async () => {
  for (const spoil of [
    (dir: string) => git(dir, 'update-ref', '-d', `${FULL}current`),
    (dir: string) => git(dir, 'update-ref', `${FULL}current`, `${FULL}0000000000001`),
    (dir: string) => git(dir, 'update-ref', 'refs/entire/checkpoints/v2/generations', `${FULL}current`),
  ]) {
    const { remote, bob } = await withShortArchive();
    spoil(remote);
    await fetchIn(bob);
    expect(complaints(bob)).toEqual([]);
  }
});

test.runIf(IS_LONG)('a clone with V2 turned off gets none', async () => {
  const { bob } = await withShortArchive();
  settings(bob, {});
  await fetchIn(bob);
  expect(Object.keys(checkpointRefs(bob))).toEqual([V1_REF]);
});

test('a ref that two steps of a fetch move is reported once', async () => {
  const { ann, bob } = await withShortArchive();
  clientWrite(ann, { id: idOf('a8'), at: 1_750_000_500 });
  await pushIn(ann, { layouts: ['v1'] });
  const { united } = await fetchIn(bob);
  const names = united.map(({ ref }) => ref);
  expect([...new Set(names)]).toEqual(names);
  expect(united.map(({ ref, new: to }) => [ref, to])).toEqual(
    expect.arrayContaining(Object.entries(checkpointRefs(bob))),
  );
});
