import { expect, test } from 'vitest';
import { prune } from '../../src/prune/prune.ts';
import { deleteCheckpoint, writeAgain } from '../fixtures/delete-checkpoint.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, refs } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { complaints, migrateIn, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, shareArchive, team } from './team.ts';

const FULL = 'refs/entire/checkpoints/v2/full/';
const MANIFEST = 'refs/entire/checkpoints/v2/generations';

/** Has a checkpoint deleted from V1 and written again, with V2 there all the while. */
function writeAgainIn(dir: string, word: string, at: number): Promise<void> {
  return writeAgain(dir, idOf(word), at, () => migrateIn(dir, { maxCheckpoints: 3 }));
}

/**
 * A V1 that deleted a checkpoint, and has it again: ann's V2 was there all the while, in which it is the newest; bob projects V1 without
 * having fetched hers, and in his it is the oldest. Archives of three.
 */
async function withOwnV2s(before: readonly string[], after: readonly string[]): Promise<Record<string, string>> {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  for (const word of before) clientWrite(ann, { id: idOf(word) });
  await pushIn(ann);
  deleteCheckpoint(ann, idOf('a1'));
  await pushIn(ann);
  for (const word of after) clientWrite(ann, { id: idOf(word), at: 1_750_000_400 });
  await pushIn(ann);
  clientWrite(ann, { id: idOf('a1'), at: 1_750_000_410 });
  await pushIn(ann);
  git(bob, 'fetch', '-q', 'origin', `${V1_REF}:${V1_REF}`);
  await migrateIn(bob, { maxCheckpoints: 3 });
  expect(refs(bob, FULL)).not.toEqual(refs(ann, FULL));
  return { remote, ann, bob };
}

const CASES = {
  'was archived': [['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'], []],
  'was not archived': [
    ['a1', 'a2'],
    ['a3', 'a4'],
  ],
} as const;

for (const [i, [name, [before, after]]] of Object.entries(CASES).entries()) {
  test(`two clones that have each a V2 of their own agree, where a checkpoint that V1 deleted and has again ${name}`, async () => {
    const { remote = '', ann = '', bob = '' } = await withOwnV2s(before, after);
    for (const clone of [bob, ann]) await pushIn(clone);
    const agreed = checkpointRefs(remote);
    for (const clone of [bob, ann]) expect((await pushIn(clone)).status).toBe('up-to-date');
    for (const clone of [ann, bob, remote]) expect(checkpointRefs(clone)).toEqual(agreed);
    for (const clone of [ann, bob]) expect(complaints(clone)).toEqual([]);
  });

  test.runIf(IS_LONG || i === 0)(`so do they where both write before each push (${name})`, async () => {
    const { remote = '', ann = '', bob = '' } = await withOwnV2s(before, after);
    for (const [i, clone] of [bob, ann, bob, ann].entries()) {
      clientWrite(clone, { id: idOf(`later ${i}`), at: 1_750_000_500 + i });
      await pushIn(clone);
    }
    await fetchIn(bob);
    for (const clone of [ann, bob]) {
      expect(checkpointRefs(clone)).toEqual(checkpointRefs(remote));
      expect(complaints(clone)).toEqual([]);
    }
  });
}

test.runIf(IS_LONG)(
  'of two archives that are short in each clone by another checkpoint one counts, and it stays so',
  async () => {
    const { remote, clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    await shareArchive(ann, bob);
    await writeAgainIn(ann, 'a1', 1_750_000_400);
    await writeAgainIn(bob, 'a2', 1_750_000_410);
    for (const clone of [ann, bob]) await pushIn(clone);
    const agreed = checkpointRefs(remote);
    for (const clone of [ann, bob]) await pushIn(clone);
    for (const clone of [ann, bob, remote]) expect(checkpointRefs(clone)).toEqual(agreed);
  },
);

test.runIf(IS_LONG)(
  'what was pruned with an archive in one clone alone is listed with what was pruned in the other',
  async () => {
    const { clones } = team('ann', 'bob', 'cat');
    const [ann, bob, cat] = clones as [string, string, string];
    await shareArchive(ann, bob);
    const pruneIn = (dir: string) =>
      withRepository(dir, 'native', (repo) =>
        prune(repo, { retentionDays: 0, olderThan: 0, keep: 0, apply: true, allowLoss: true }),
      );
    await pruneIn(ann);
    await pushIn(ann);
    await writeAgainIn(bob, 'a3', 1_750_000_400);
    await pruneIn(bob);
    await pushIn(bob);
    await fetchIn(cat);
    for (const clone of [bob, cat]) {
      const { pruned, checkpoints } = JSON.parse(git(clone, 'show', `${MANIFEST}:0000000000001.json`));
      expect({ pruned, checkpoints }).toEqual({ pruned: true, checkpoints: ['a1', 'a2', 'a3'].map(idOf).sort() });
      expect(refs(clone, `${FULL}0000000000001`)).toEqual({});
    }
  },
);
