import { describe, expect, test } from 'vitest';
import { git, refs } from '../fixtures/git.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';
import { add, archive, id, prepare, update } from '../migrate/checkpoints.ts';
import { ENGINES, migrateIn } from '../migrate/support.ts';
import { editTip } from '../verify/damage.ts';
import { at, CURRENT, MAIN, MAX_CHECKPOINTS } from '../verify/sabotages.ts';
import { repairIn, verifyIn } from './support.ts';

const maxCheckpoints = MAX_CHECKPOINTS;
const clean = async (dir: string) => expect((await verifyIn(dir)).findings).toEqual([]);

/** Takes a checkpoint off `main` and another one's transcripts out of a generation. */
function damage(dir: string, onMain: number, generation: string, inGeneration: number): void {
  editTip(dir, MAIN, { [at(id(onMain))]: null });
  editTip(dir, generation, { [at(id(inGeneration))]: null });
}

describe.each(ENGINES)('after a repair (%s)', (engine) => {
  test('V2 goes on: V1 grows, branches off from before the repair, and merges', async () => {
    const { dir, v1 } = prepare(3);
    v1.branch('old').checkout('v1');
    update(dir, add(v1, 4, 6));
    await migrateIn(dir, { maxCheckpoints });
    damage(dir, 2, CURRENT, 6);
    const damaged = refs(dir);
    expect(await repairIn(dir, engine)).toMatchObject({ status: 'repaired', left: [], isWhole: true });
    for (const ref of [MAIN, CURRENT]) expect(git(dir, 'rev-parse', `${ref}^`)).toBe(damaged[ref]);
    await clean(dir);
    expect((await migrateIn(dir, { maxCheckpoints, engine })).status).toBe('up-to-date');

    v1.checkout('old');
    add(v1, 7).checkout('v1');
    add(v1, 8);
    v1.merge('old');
    v1.finalize(id(1), 0, transcriptText('complete', 9));
    update(dir, add(v1, 9, 12));
    expect(await migrateIn(dir, { maxCheckpoints, engine })).toMatchObject({ status: 'migrated', mode: 'incremental' });
    await clean(dir);
  });

  test('what is damaged again is repaired again, and a repair that is whole has nothing to do', async () => {
    const { dir, v1 } = prepare(6);
    await migrateIn(dir, { maxCheckpoints });
    damage(dir, 2, archive(1), 3);
    await repairIn(dir, engine);
    damage(dir, 3, CURRENT, 5);
    expect(await repairIn(dir, engine)).toMatchObject({ status: 'repaired', left: [] });
    await clean(dir);
    const before = refs(dir);
    expect(await repairIn(dir, engine)).toMatchObject({ status: 'nothing-to-do', refs: [], isWhole: true });
    expect(refs(dir)).toEqual(before);
    update(dir, add(v1, 7));
    await migrateIn(dir, { maxCheckpoints, engine });
    await clean(dir);
  });

  test('V2 that is behind is mended as far as it was projected; the rest is for migrate', async () => {
    const { dir, v1 } = prepare(6);
    await migrateIn(dir, { maxCheckpoints });
    damage(dir, 2, archive(1), 3);
    update(dir, add(v1, 7));
    const result = await repairIn(dir, engine);
    expect(result).toMatchObject({ status: 'repaired', isWhole: false });
    expect(result.left.map(({ finding, remedy }) => [finding.code, remedy])).toEqual([
      ['V2_BEHIND', 'Run `ckpt migrate`.'],
    ]);
    await migrateIn(dir, { maxCheckpoints, engine });
    await clean(dir);
  });
});

test('a repair is made by ckpt, and its commit names the V1 commit of the tip that it repairs', async () => {
  const { dir } = prepare(2);
  await migrateIn(dir, { maxCheckpoints });
  editTip(dir, MAIN, { [at(id(1))]: null });
  await repairIn(dir, 'native');
  const v1 = git(dir, 'rev-parse', 'refs/heads/entire/checkpoints/v1');
  expect(git(dir, 'log', '-1', '--format=%an <%ae>%n%cn <%ce>%n%B', MAIN).trim()).toBe(
    `ckpt <ckpt@localhost>\nckpt <ckpt@localhost>\nRepair V2\n\nCkpt-V1-Commit: ${v1}`,
  );
  expect(git(dir, 'log', '-1', '--format=%ct', MAIN)).toBe(git(dir, 'log', '-1', '--format=%ct', v1));
});

test('a transcript that takes the place of another one leaves the archive of before under refs/ckpt/backup/', async () => {
  const { dir } = prepare(6);
  await migrateIn(dir, { maxCheckpoints });
  const good = refs(dir, 'refs/entire/');
  editTip(dir, archive(1), { [at(id(2), '0/full.jsonl')]: 'something else\n' });
  const damaged = refs(dir)[archive(1)];
  const { backup } = await repairIn(dir, 'native');
  expect(refs(dir, 'refs/ckpt/backup/')).toEqual({ [`${backup}full/0000000000001`]: damaged });
  expect(refs(dir, 'refs/entire/')).toEqual(good);
});
