import { expect, test } from 'vitest';
import { rotate } from '../../src/rotate/rotate.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { v2ClientRotate } from '../fixtures/entire-v2-client.ts';
import { git } from '../fixtures/git.ts';
import { V2_CURRENT } from '../fixtures/reference.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { complaints, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, shareArchive, team } from './team.ts';

const SECOND = 'refs/entire/checkpoints/v2/full/0000000000002';

function rotateIn(dir: string): Promise<unknown> {
  return withRepository(dir, 'native', (repo) => rotate(repo, { maxCheckpoints: 3, force: true }));
}

test("an archive that was rotated by force beside V1 is everybody's, and what is in it lies nowhere else", async () => {
  const { remote, clones } = team('ann', 'bob', 'cat');
  const [ann, bob, cat] = clones as [string, string, string];
  await shareArchive(ann, bob);
  await rotateIn(ann);
  await pushIn(ann);
  const rotated = git(ann, 'rev-parse', SECOND);
  clientWrite(bob, { id: idOf('b1'), author: 'Bob', at: 1_750_000_400 });
  await pushIn(bob);
  for (let i = 0; i < 3; i++) clientWrite(bob, { id: idOf(`later ${i}`), author: 'Bob', at: 1_750_000_500 + i });
  for (const clone of [bob, cat, ann]) await pushIn(clone);
  for (const clone of [cat, bob]) await fetchIn(clone);
  for (const clone of clones) {
    expect(checkpointRefs(clone)).toEqual(checkpointRefs(remote));
    expect(complaints(clone)).toEqual([]);
  }
  expect(git(cat, 'rev-parse', SECOND)).toBe(rotated);
});

test.runIf(IS_LONG)('both rotate by force before they have seen what the other one did', async () => {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  await shareArchive(ann, bob);
  clientWrite(bob, { id: idOf('b1'), author: 'Bob', at: 1_750_000_400 });
  await pushIn(bob);
  for (const clone of [ann, bob]) await rotateIn(clone);
  for (const clone of [ann, bob, ann]) await pushIn(clone);
  await fetchIn(bob);
  expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
  expect(checkpointRefs(remote)).toEqual(checkpointRefs(bob));
  expect(complaints(ann)).toEqual([]);
});

test.runIf(IS_LONG)(
  'an archive after it is in the place that its own clone gave it, not in the one that V1 alone gives',
  async () => {
    const { remote, clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    await shareArchive(ann, bob);
    await rotateIn(ann);
    for (let i = 0; i < 3; i++) clientWrite(ann, { id: idOf(`later ${i}`), at: 1_750_000_500 + i });
    await pushIn(ann);
    const made = checkpointRefs(ann);
    await fetchIn(bob);
    await pushIn(bob);
    expect(checkpointRefs(bob)).toEqual(made);
    expect(checkpointRefs(remote)).toEqual(made);
  },
);

test.runIf(IS_LONG)("so is one that Entire's client has made, which writes no manifest", async () => {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  await shareArchive(ann, bob);
  v2ClientRotate(ann, 1_750_000_300);
  const rotated = git(ann, 'rev-parse', SECOND);
  git(ann, 'push', '-q', 'origin', ...[SECOND, V2_CURRENT].map((ref) => `+${ref}:${ref}`));
  clientWrite(bob, { id: idOf('b1'), author: 'Bob', at: 1_750_000_400 });
  for (const clone of [bob, ann, bob]) await pushIn(clone);
  for (const clone of clones) {
    expect(checkpointRefs(clone)).toEqual(checkpointRefs(remote));
    expect(complaints(clone)).toEqual([]);
  }
  expect(git(bob, 'rev-parse', SECOND)).toBe(rotated);
});
