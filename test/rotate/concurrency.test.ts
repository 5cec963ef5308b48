import { describe, expect, test } from 'vitest';
import { rotate } from '../../src/rotate/rotate.ts';
import { initRepository } from '../fixtures/git.ts';
import { reference } from '../fixtures/reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { add, id, ids, prepare, update } from '../migrate/checkpoints.ts';
import { startChild } from '../migrate/children/start.ts';
import { interrupted } from '../migrate/overlay.ts';
import { checkpointsOf, ENGINES, expectConsistent, migrateIn, v2Refs, withRepository } from '../migrate/support.ts';
import { sessionWrite, source, v2Writer } from '../stores/store-bench.ts';
import type { RotateJob } from './children/rotate-child.ts';
import { manifestOf, rotateIn } from './support.ts';

const CHILD = new URL('children/rotate-child.ts', import.meta.url);
const archives = (dir: string) => Object.keys(v2Refs(dir)).filter((ref) => /full\/\d{13}$/.test(ref));

/** What each archive and `full/current` hold, all together: to see that nothing is there twice. */
const everything = (dir: string) =>
  [...archives(dir).map((ref) => ref.slice(-13)), 'current'].flatMap((name) => checkpointsOf(dir, name)).sort();

describe.each(ENGINES)('%s: somebody moves a ref between the plan and its execution', (engine) => {
  test('another rotation: what it has archived is not archived again', async () => {
    const { dir } = prepare(5);
    await migrateIn(dir);
    const options = { maxCheckpoints: 2 };
    const result = await withRepository(dir, engine, (repo) =>
      rotate(
        interrupted(repo, () => rotateIn(dir, options)),
        options,
      ),
    );
    expect(result).toMatchObject({ status: 'nothing-to-do', reason: 'not-full', currentCheckpointCount: 1 });
    expect(v2Refs(dir)).toEqual(reference(dir, options).refs);
  });

  test('another forced rotation, and a write after it: that write was not meant', async () => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir);
    const result = await withRepository(dir, engine, (repo) =>
      rotate(
        interrupted(repo, async () => {
          await rotateIn(dir, { force: true });
          update(dir, add(v1, 4));
          await migrateIn(dir);
        }),
        { force: true },
      ),
    );
    expect(result).toMatchObject({ status: 'nothing-to-do', currentCheckpointCount: 1 });
    expect(archives(dir)).toHaveLength(1);
    expect(checkpointsOf(dir, 'current')).toEqual([id(4)]);
    await expectConsistent(dir);
  });

  test('a mirror: what it has written is kept, and archived with the rest', async () => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir);
    await withRepository(dir, engine, (repo) =>
      rotate(
        interrupted(repo, async () => {
          update(dir, add(v1, 4));
          await migrateIn(dir);
        }),
        { force: true },
      ),
    );
    expect(everything(dir)).toEqual(ids(1, 4).sort());
    expect(checkpointsOf(dir, 'current')).toEqual([]);
    await expectConsistent(dir);
  });
});

test('several rotations, mirrors and both engines at once: nothing is lost, nothing is there twice', async () => {
  const { dir, v1 } = prepare(7);
  await migrateIn(dir);
  update(dir, add(v1, 8, 9));
  const ends = await Promise.all([
    startChild<RotateJob>({ dir, engine: 'native', maxCheckpoints: 2 }, CHILD),
    startChild<RotateJob>({ dir, engine: 'isomorphic', maxCheckpoints: 2, force: true }, CHILD),
    startChild<RotateJob>({ dir, engine: 'native', force: true }, CHILD),
    migrateIn(dir, { engine: 'isomorphic' }).then(() => ({ code: 0, stderr: '' })),
  ]);
  for (const { code, stderr } of ends) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(everything(dir)).toEqual(ids(1, 9).sort());
  expect(Object.keys(manifestOf(dir))).toHaveLength(archives(dir).length);
  await expectConsistent(dir);
});

test('rotations beside writers to V2 alone', async () => {
  const dir = initRepository({ dir: tempDir() });
  const written = ids(1, 12);
  await withRepository(dir, 'native', async (repo) => {
    const write = async (checkpointIds: readonly string[]) => {
      for (const checkpointId of checkpointIds) {
        const writer = v2Writer(repo, 'accumulate', 5);
        await writer.writeCommitted(sessionWrite('x', { checkpointId, transcript: source(`${checkpointId}\n`) }));
      }
    };
    const rotateOften = async () => {
      for (let n = 0; n < 4; n++) await rotateIn(dir, { maxCheckpoints: 3, engine: n % 2 ? 'isomorphic' : 'native' });
    };
    await write(written.slice(0, 2));
    await Promise.all([write(written.slice(2, 7)), write(written.slice(7)), rotateOften()]);
  });
  expect(everything(dir)).toEqual([...written].sort());
  expect(Object.keys(manifestOf(dir))).toHaveLength(archives(dir).length);
});
