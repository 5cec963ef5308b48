import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { prune } from '../../src/prune/prune.ts';
import { rotate } from '../../src/rotate/rotate.ts';
import { refs } from '../fixtures/git.ts';
import { add, archive, ids, prepare, update } from '../migrate/checkpoints.ts';
import { interrupted } from '../migrate/overlay.ts';
import { checkpointsOf, ENGINES, expectConsistent, migrateIn, withRepository } from '../migrate/support.ts';
import { manifestOf, rotateIn } from '../rotate/support.ts';
import { CURRENT, DAY, MAX, madeAt, pruneIn, restoreIn, verdicts } from './support.ts';

/**
 * Archive 1 (1–2), past the retention, and in `full/current` more than a generation's worth: what a writer with a larger
 * generation leaves (3–7).
 */
async function bothToDo(): Promise<string> {
  const { dir, v1 } = prepare(3);
  await migrateIn(dir, { maxCheckpoints: MAX });
  update(dir, add(v1, 4, 7));
  await migrateIn(dir, { maxCheckpoints: 100 });
  expect(checkpointsOf(dir, 'current')).toEqual(ids(3, 7).sort());
  return dir;
}

const now = new Date(madeAt(2).getTime() + 14 * DAY + 1);

/** All that was there is there once: 1 and 2 in the backup of archive 1, the others in archives and `full/current`. */
async function expectNothingLost(dir: string, engine: EngineName): Promise<void> {
  expect(Object.keys(refs(dir, 'refs/entire/checkpoints/v2/full/'))).toEqual([archive(2), archive(3), CURRENT]);
  expect(['0000000000002', '0000000000003', 'current'].map((name) => checkpointsOf(dir, name))).toEqual([
    ids(3, 4).sort(),
    ids(5, 6).sort(),
    ids(7, 7),
  ]);
  const pruned = Object.entries(manifestOf(dir)).map(
    ([name, entry]) => `${Number.parseInt(name, 10)} ${entry.pruned === true}`,
  );
  expect(pruned).toEqual(['1 true', '2 false', '3 false']);
  await expectConsistent(dir, { maxCheckpoints: MAX, engine });
  await restoreIn(dir, 1, engine);
  expect(checkpointsOf(dir, '0000000000001')).toEqual(ids(1, 2).sort());
  await expectConsistent(dir, { maxCheckpoints: MAX, engine });
}

describe.each(ENGINES)('prune and rotate at the same time (%s)', (engine) => {
  it('a rotation before the transaction of prune', async () => {
    const dir = await bothToDo();
    const attempts: number[] = [];
    const rotating = () => rotateIn(dir, { engine, maxCheckpoints: MAX });
    const result = await withRepository(dir, engine, (repo) =>
      prune(interrupted(repo, rotating), {
        retentionDays: 14,
        now: () => now,
        apply: true,
        onEvent: (event) => event.kind === 'retry' && attempts.push(event.attempt),
      }),
    );
    expect(attempts).toEqual([2]);
    // The second plan has the new archives too.
    expect(verdicts(result)).toEqual(['1 prune', '2 stay within-retention', '3 stay within-retention']);
    await expectNothingLost(dir, engine);
  });

  it('a prune before the transaction of rotate', async () => {
    const dir = await bothToDo();
    const attempts: number[] = [];
    const pruning = () => pruneIn(dir, { engine, now, apply: true });
    const result = await withRepository(dir, engine, (repo) =>
      rotate(interrupted(repo, pruning), {
        maxCheckpoints: MAX,
        onEvent: (event) => event.kind === 'retry' && attempts.push(event.attempt),
      }),
    );
    expect(attempts).toEqual([2]);
    expect(result).toMatchObject({ status: 'rotated', generations: [{ number: 2 }, { number: 3 }] });
    await expectNothingLost(dir, engine);
  });

  it('both at once, whoever is first', async () => {
    const dir = await bothToDo();
    const [pruned, rotated] = await Promise.all([
      pruneIn(dir, { engine, now, apply: true }),
      rotateIn(dir, { engine: engine === 'native' ? 'isomorphic' : 'native', maxCheckpoints: MAX }),
    ]);
    expect([pruned.status, rotated.status]).toEqual(['pruned', 'rotated']);
    await expectNothingLost(dir, engine);
  });
});
