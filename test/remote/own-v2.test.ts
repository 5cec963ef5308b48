import { expect, test } from 'vitest';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitBytes, refs } from '../fixtures/git.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import { complaints, migrateIn } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, team } from './team.ts';

const FULL = 'refs/entire/checkpoints/v2/full/';

function deleteFromV1(dir: string, word: string): void {
  const by = 'committer Ann <ann@example.com> 1750000300 +0000';
  const stream = [`commit ${V1_REF}`, by, 'data 6', 'delete', `from ${V1_REF}^0`, `D ${shardPath(idOf(word))}`, ''];
  gitBytes(dir, ['fast-import', '--quiet'], { input: stream.join('\n') });
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
  deleteFromV1(ann, 'a1');
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

for (const [name, [before, after]] of Object.entries(CASES)) {
  test(`two clones that have each a V2 of their own agree, where a checkpoint that V1 deleted and has again ${name}`, async () => {
    const { remote = '', ann = '', bob = '' } = await withOwnV2s(before, after);
    for (const clone of [bob, ann]) await pushIn(clone);
    const agreed = checkpointRefs(remote);
    for (const clone of [bob, ann]) expect((await pushIn(clone)).status).toBe('up-to-date');
    for (const clone of [ann, bob, remote]) expect(checkpointRefs(clone)).toEqual(agreed);
    for (const clone of [ann, bob]) expect(complaints(clone)).toEqual([]);
  });

  test(`so do they where both write before each push (${name})`, async () => {
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
