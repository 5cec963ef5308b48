import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EngineName, Repository } from '../../src/git/repository.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { git, gitResult, initRepository, refs } from '../fixtures/git.ts';
import { reference, V1_REMOTE_BRANCH, V2_CURRENT, V2_MAIN, V2_MANIFEST } from '../fixtures/reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { add, archive, id, ids, prepare, update } from './checkpoints.ts';
import { overlay } from './overlay.ts';
import {
  checkpointsOf,
  ENGINES,
  expectConsistent,
  listing,
  migrateIn,
  v2Refs,
  v2State,
  withRepository,
} from './support.ts';

/** The state that a single migration of the same V1 gives. */
async function stateOfOneRun(dir: string, maxCheckpoints: number): Promise<Record<string, string>> {
  const once = `${dir}-once`;
  cpSync(dir, once, { recursive: true });
  for (const ref of Object.keys(refs(once, 'refs/entire/', 'refs/ckpt/'))) git(once, 'update-ref', '-d', ref);
  await migrateIn(once, { maxCheckpoints });
  return v2State(once);
}

describe.each(ENGINES)('%s', (engine) => {
  test('no V1 branch: nothing is done, and said', async () => {
    const dir = initRepository({ dir: join(tempDir(), 'repo') });
    const before = listing(dir);
    expect(await migrateIn(dir, { engine })).toMatchObject({ status: 'no-v1', mode: null, v1: null, refs: [] });
    expect(listing(dir)).toEqual(before);
  });

  test('a first run, a later one, and one with nothing to do', async () => {
    const { dir, v1 } = prepare(5);
    const first = await migrateIn(dir, { engine, maxCheckpoints: 2 });
    expect(first).toMatchObject({ status: 'migrated', mode: 'first', v1: { ref: V1_REF, tip: v1.tip } });
    expect(first.counts).toEqual({
      commits: 6,
      checkpoints: 5,
      sessions: 5,
      generations: 2,
      changedGenerations: 2,
      currentCheckpoints: 1,
    });
    expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 2 }).refs);

    update(dir, add(v1, 6, 8));
    const later = await migrateIn(dir, { engine, maxCheckpoints: 2 });
    expect(later).toMatchObject({ status: 'migrated', mode: 'incremental', v1: { tip: v1.tip } });
    expect(later.counts).toEqual({
      commits: 3,
      checkpoints: 3,
      sessions: 3,
      generations: 4,
      changedGenerations: 2,
      currentCheckpoints: 0,
    });
    expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 2 }).refs);
    await expectConsistent(dir, { maxCheckpoints: 2 });

    const before = listing(dir);
    expect(await migrateIn(dir, { engine })).toMatchObject({ status: 'up-to-date', mode: 'incremental', refs: [] });
    expect(listing(dir)).toEqual(before);
  });

  test('a later run adds to full/current, on top of what is there', async () => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir, { engine });
    const start = v2Refs(dir)[V2_CURRENT];
    update(dir, add(v1, 4));
    const result = await migrateIn(dir, { engine });
    expect(git(dir, 'rev-parse', `${V2_CURRENT}^`)).toBe(start);
    expect(result.refs.map(({ ref, old }) => ({ ref, old }))).toEqual([
      { ref: V2_CURRENT, old: start },
      { ref: V2_MAIN, old: expect.stringMatching(/^[0-9a-f]{40}$/) },
    ]);
    expect(v2State(dir)).toEqual(await stateOfOneRun(dir, 100));
    await expectConsistent(dir);
  });

  test('V1 rewritten, without checkpoints that it had: an error, and nothing moves', async () => {
    const { dir } = prepare(3);
    await migrateIn(dir, { engine, maxCheckpoints: 2 });
    const other = new V1Builder();
    update(dir, add(other, 2, 4));
    const before = listing(dir);
    const failed = migrateIn(dir, { engine, maxCheckpoints: 2 });
    await expect(failed).rejects.toMatchObject({
      code: 'V1_REWRITTEN',
      hint: expect.arrayContaining([['ckpt', 'migrate', '--accept-lost']]),
    });
    expect(listing(dir)).toEqual(before);
  });
});

describe('where V1 is', () => {
  test('only the remote-tracking copy: it is read, and no branch is made', async () => {
    const dir = join(tempDir(), 'repo');
    const v1 = add(new V1Builder(), 1, 3);
    v1.write(dir, { ref: V1_REMOTE_BRANCH });
    const result = await migrateIn(dir);
    expect(result).toMatchObject({ status: 'migrated', v1: { ref: V1_REMOTE_BRANCH, tip: v1.tip } });
    expect(Object.keys(refs(dir)).sort()).toEqual([V2_CURRENT, V2_MAIN, V1_REMOTE_BRANCH].sort());
    await expectConsistent(dir);
  });

  test('the local branch counts where there are both', async () => {
    const { dir, v1 } = prepare(2);
    add(v1, 3).write(dir, { ref: V1_REMOTE_BRANCH, init: false });
    expect((await migrateIn(dir)).v1?.ref).toBe(V1_REF);
    expect(checkpointsOf(dir, 'current')).toEqual(ids(1, 2).sort());
  });
});

describe('V2 ahead of V1', () => {
  test('the newer V1 is here, but the branch is behind: nothing moves', async () => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir);
    git(dir, 'update-ref', V1_REF, v1.chain()[2] as string);
    const before = listing(dir);
    expect(await migrateIn(dir)).toMatchObject({ status: 'v2-ahead', refs: [] });
    expect(listing(dir)).toEqual(before);
  });

  test('V2 was fetched, the newer V1 was not', async () => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir);
    const other = initRepository({ dir: join(tempDir(), 'other'), bare: true });
    git(other, 'fetch', '-q', dir, `${v1.chain()[2]}:${V1_REF}`, '+refs/entire/*:refs/entire/*');
    const before = refs(other);
    expect(await migrateIn(other)).toMatchObject({ status: 'v2-ahead', refs: [] });
    expect(refs(other)).toEqual(before);
    // Once V1 is fetched, both agree.
    git(other, 'fetch', '-q', dir, `${V1_REF}:${V1_REF}`);
    expect(await migrateIn(other)).toMatchObject({ status: 'up-to-date' });
    await expectConsistent(other);
  });
});

describe('full/current lost', () => {
  test('comes back as it was', async () => {
    const { dir } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const before = v2Refs(dir);
    git(dir, 'update-ref', '-d', V2_CURRENT);
    expect(await migrateIn(dir, { maxCheckpoints: 2 })).toMatchObject({ status: 'migrated', mode: 'incremental' });
    expect(v2Refs(dir)).toEqual(before);
    await expectConsistent(dir, { maxCheckpoints: 2 });
  });

  test('empty, it comes back dated by the archives', async () => {
    const { dir } = prepare(4);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const before = v2Refs(dir);
    git(dir, 'update-ref', '-d', V2_CURRENT);
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(v2Refs(dir)).toEqual(before);
  });

  test('comes back with what V1 has got since, and without what was pruned', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 2 });
    git(dir, 'update-ref', '-d', V2_CURRENT);
    git(dir, 'update-ref', '-d', archive(1));
    update(dir, add(v1, 6, 8));
    await migrateIn(dir, { maxCheckpoints: 3 });
    expect(checkpointsOf(dir, archive(3).slice(-13))).toEqual([id(5), id(6), id(7)].sort());
    expect(checkpointsOf(dir, 'current')).toEqual([id(8)]);
    expect(Object.keys(v2Refs(dir))).not.toContain(archive(1));
  });
});

describe('archives pruned', () => {
  test('their transcripts do not come back', async () => {
    const { dir, v1 } = prepare(7);
    await migrateIn(dir, { maxCheckpoints: 2 });
    git(dir, 'update-ref', '-d', archive(1));
    git(dir, 'update-ref', '-d', archive(2));
    expect(await migrateIn(dir, { maxCheckpoints: 2 })).toMatchObject({ status: 'differs', refs: [] });

    // Neither with a later run nor where only the metadata of a pruned checkpoint has changed.
    v1.updateSummary(id(1), { has_review: true });
    update(dir, add(v1, 8, 9));
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(Object.keys(v2Refs(dir))).toEqual([archive(3), archive(4), V2_CURRENT, V2_MANIFEST, V2_MAIN]);
    expect(checkpointsOf(dir, archive(3).slice(-13))).toEqual(ids(5, 6).sort());
    expect(checkpointsOf(dir, archive(4).slice(-13))).toEqual(ids(7, 8).sort());
    expect(checkpointsOf(dir, 'current')).toEqual([id(9)]);
  });
});

describe('finalize', () => {
  test('of an archived checkpoint: replaced where it lies', async () => {
    const { dir, v1 } = prepare(7);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const before = v2Refs(dir);
    v1.finalize(id(3), 0, transcriptText('complete', 9));
    update(dir, v1);
    const result = await migrateIn(dir, { maxCheckpoints: 2 });
    expect(result.refs.map(({ ref }) => ref)).toEqual([archive(2), V2_MANIFEST, V2_MAIN]);
    expect(result.counts).toMatchObject({ generations: 3, changedGenerations: 1, currentCheckpoints: 1 });
    const after = v2Refs(dir);
    const moved = Object.fromEntries(result.refs.map(({ ref }) => [ref, 0]));
    expect({ ...after, ...moved }).toEqual({ ...before, ...moved });
    expect(after).toEqual(reference(dir, { maxCheckpoints: 2 }).refs);
    await expectConsistent(dir, { maxCheckpoints: 2 });
  });

  test('of one in full/current, together with a rotation', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 2 });
    v1.finalize(id(5), 0, transcriptText('complete', 9), { chunkBytes: 200 });
    update(dir, add(v1, 6, 7));
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 2 }).refs);
    await expectConsistent(dir, { maxCheckpoints: 2 });
  });

  test('a session added to an archived checkpoint changes its generation.json', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 2 });
    v1.checkpoint(id(1), { sessions: [{ createdAt: '2030-01-01T00:00:00+01:00', transcript: null }] });
    update(dir, v1);
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(git(dir, 'show', `${archive(1)}:generation.json`)).toContain('"2030-01-01T00:00:00+01:00"');
    expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 2 }).refs);
  });
});

describe('rotation', () => {
  test('several generations at once after the setting was lowered', async () => {
    const { dir, v1 } = prepare(7);
    await migrateIn(dir, { maxCheckpoints: 100 });
    update(dir, add(v1, 8));
    const result = await migrateIn(dir, { maxCheckpoints: 3 });
    expect(result.counts).toMatchObject({ generations: 2, changedGenerations: 2, currentCheckpoints: 2 });
    expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 3 }).refs);
    await expectConsistent(dir, { maxCheckpoints: 3 });
  });

  test('archives keep their size when the setting is raised', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const before = v2Refs(dir);
    update(dir, add(v1, 6, 7));
    await migrateIn(dir, { maxCheckpoints: 4 });
    expect(v2Refs(dir)).toMatchObject({ [archive(1)]: before[archive(1)], [archive(2)]: before[archive(2)] });
    expect(checkpointsOf(dir, 'current')).toEqual(ids(5, 7).sort());
    await expectConsistent(dir, { maxCheckpoints: 4 });
  });

  test('an empty full/current is dated by the newest of the archives, also where that one has just changed', async () => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir, { maxCheckpoints: 2 });
    v1.checkpoint(id(1), { sessions: [{ createdAt: '2030-01-01T00:00:00Z' }] });
    update(dir, add(v1, 4));
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(git(dir, 'show', '-s', '--format=%at', V2_CURRENT)).toBe(`${Date.UTC(2030, 0) / 1000}`);
    expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 2 }).refs);
  });

  test('by the order of arrival, not by that of the IDs or of the run', async () => {
    const { dir, v1 } = prepare(1);
    await migrateIn(dir, { maxCheckpoints: 3 });
    update(dir, add(v1, 2, 11));
    await migrateIn(dir, { maxCheckpoints: 3 });
    expect(checkpointsOf(dir, archive(1).slice(-13))).toEqual(ids(1, 3).sort());
    expect(checkpointsOf(dir, archive(3).slice(-13))).toEqual(ids(7, 9).sort());
    expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 3 }).refs);
  });
});

/*
 *   o──1──2──3──4───────M     v1
 *      │                │
 *      └──5──6──────────┘     side, on a commit from long before the first migration
 */
test('a merge brings in a side branch that started long ago', async () => {
  const dir = join(tempDir(), 'repo');
  const v1 = new V1Builder();
  v1.init();
  add(v1, 1).branch('side').checkout('v1');
  add(v1, 2, 4).write(dir);
  await migrateIn(dir, { maxCheckpoints: 3 });
  add(v1.checkout('side'), 5, 6).checkout('v1').merge('side');
  update(dir, v1);
  expect((await migrateIn(dir, { maxCheckpoints: 3 })).counts.commits).toBe(3);
  expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 3 }).refs);
  expect(git(dir, 'rev-list', '--count', V2_MAIN)).toBe(git(dir, 'rev-list', '--count', V1_REF));
  await expectConsistent(dir, { maxCheckpoints: 3 });
});

test('what one merge brings in rotates by ID', async () => {
  const { dir, v1 } = prepare(3);
  await migrateIn(dir, { maxCheckpoints: 3 });
  v1.branch('side');
  add(v1, 4, 8).checkout('v1').merge('side');
  update(dir, v1);
  await migrateIn(dir, { maxCheckpoints: 3 });
  expect(checkpointsOf(dir, archive(2).slice(-13))).toEqual(ids(4, 8).sort().slice(0, 3));
  expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 3 }).refs);
});

test('a merge brings in a history with a root of its own', async () => {
  const { dir, v1 } = prepare(3);
  await migrateIn(dir, { maxCheckpoints: 2 });
  v1.branch('other', { orphan: true }).init();
  add(v1, 4, 6).checkout('v1').merge('other');
  update(dir, v1);
  await migrateIn(dir, { maxCheckpoints: 2 });
  expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 2 }).refs);
  await expectConsistent(dir, { maxCheckpoints: 2 });
});

describe('a checkpoint deleted in V1', () => {
  test('that was in full/current is gone', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 4 });
    v1.remove(id(5));
    update(dir, v1);
    await migrateIn(dir, { maxCheckpoints: 4 });
    expect(git(dir, 'ls-tree', V2_CURRENT)).toBe('');
    expect(await expectConsistent(dir, { maxCheckpoints: 4 })).toEqual([]);
  });

  test('that was archived is gone from its archive, and others rotate as before', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 2 });
    v1.remove(id(1));
    update(dir, add(v1, 6, 7));
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(checkpointsOf(dir, archive(1).slice(-13))).toEqual([id(2)]);
    expect(checkpointsOf(dir, archive(3).slice(-13))).toEqual(ids(5, 6).sort());
    expect(await expectConsistent(dir, { maxCheckpoints: 2 })).toEqual([]);
    expect(await migrateIn(dir, { maxCheckpoints: 2 })).toMatchObject({ status: 'up-to-date' });
  });

  test('that comes back is in one generation, where a new one would be', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 2 });
    v1.remove(id(1));
    update(dir, v1);
    await migrateIn(dir, { maxCheckpoints: 2 });
    update(dir, add(v1, 1));
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(checkpointsOf(dir, archive(3).slice(-13))).toEqual([id(1), id(5)].sort());
    expect(await expectConsistent(dir, { maxCheckpoints: 2 })).toEqual([]);
  });

  test('that was the last of its archive: the archive is gone', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 2 });
    v1.remove(id(3));
    v1.remove(id(4));
    update(dir, v1);
    const result = await migrateIn(dir, { maxCheckpoints: 2 });
    expect(result.counts).toMatchObject({ generations: 1, changedGenerations: 1 });
    expect(Object.keys(v2Refs(dir))).toEqual([archive(1), V2_CURRENT, V2_MANIFEST, V2_MAIN]);
    expect(await expectConsistent(dir, { maxCheckpoints: 2 })).toEqual([]);
    // Its number does not come back.
    update(dir, add(v1, 6));
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(Object.keys(v2Refs(dir))).toEqual([archive(1), archive(3), V2_CURRENT, V2_MANIFEST, V2_MAIN]);
    expect(checkpointsOf(dir, archive(3).slice(-13))).toEqual(ids(5, 6).sort());
    expect(await expectConsistent(dir, { maxCheckpoints: 2 })).toEqual([]);
  });

  test('and written again without a transcript has nothing in its archive', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir, { maxCheckpoints: 2 });
    v1.remove(id(1));
    v1.checkpoint(id(1), { sessions: [{ transcript: null }] });
    update(dir, v1);
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(checkpointsOf(dir, archive(1).slice(-13))).toEqual([id(2)]);
    expect(await expectConsistent(dir, { maxCheckpoints: 2 })).toEqual([]);
  });
});

/** Half-moved refs, as a power cut in the middle of git's own renames may leave them. */
describe('a rotation cut off between two refs heals', () => {
  test.each([
    ['one archive moved', 2, [archive(2)]],
    ['one of two archives moved', 5, [archive(2)]],
    ['both archives moved', 5, [archive(2), archive(3)]],
    ['the archives and full/current moved', 5, [archive(2), archive(3), V2_CURRENT]],
    ['one archive moved, full/current keeps something', 3, [archive(2)]],
  ])('%s', async (_, news, moved) => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const old = v2Refs(dir);
    // The archive's checkpoint 2 is finalized as well, in its place.
    v1.finalize(id(2), 0, transcriptText('complete', 9));
    update(dir, add(v1, 4, 2 + news));
    await migrateIn(dir, { maxCheckpoints: 2 });
    const final = v2Refs(dir);
    expect(final).toEqual(reference(dir, { maxCheckpoints: 2 }).refs);
    for (const ref of Object.keys(final)) {
      const value = moved.includes(ref) || ref === archive(1) ? final[ref] : old[ref];
      git(dir, 'update-ref', ...(value === undefined ? ['-d', ref] : [ref, value]));
    }
    await migrateIn(dir, { maxCheckpoints: 2 });
    expect(v2Refs(dir)).toEqual(final);
    await expectConsistent(dir, { maxCheckpoints: 2 });
  });
});

/** Counts what a migration reads. */
async function cost(dir: string, engine: EngineName, maxCheckpoints: number): Promise<number> {
  return withRepository(dir, engine, async (repo) => {
    let read = 0;
    const counting: Partial<Repository> = {
      readObjects: (wanted) => {
        read += wanted.length;
        return repo.readObjects(wanted);
      },
      objectInfo: (wanted) => {
        read += wanted.length;
        return repo.objectInfo(wanted);
      },
    };
    const result = await migrate(overlay(repo, counting), { maxCheckpoints });
    expect(result).toMatchObject({ status: 'migrated', mode: 'incremental', counts: { commits: 1 } });
    return read;
  });
}

describe('what a later run reads does not depend on how many checkpoints there are', () => {
  test.each([
    ['a new checkpoint', (v1: V1Builder, count: number) => add(v1, count + 1)],
    [
      'a transcript in full/current finalized',
      (v1: V1Builder, count: number) => {
        v1.finalize(id(count), 0, transcriptText('complete', 9));
        return v1;
      },
    ],
    [
      'a commit that changes no transcript',
      (v1: V1Builder, count: number) => {
        v1.updateSummary(id(count), { has_review: true });
        return v1;
      },
    ],
  ])('%s', async (_, change) => {
    const costs: number[] = [];
    for (const count of [25, 405]) {
      const { dir, v1 } = prepare(count);
      await migrateIn(dir, { maxCheckpoints: 10 });
      update(dir, change(v1, count));
      costs.push(await cost(dir, 'native', 10));
      await expectConsistent(dir, { maxCheckpoints: 10 });
    }
    const [small = 0, large = 0] = costs;
    expect(small).toBeGreaterThan(0);
    // The shards of a larger V1 hold more checkpoints each.
    expect(large).toBeLessThanOrEqual(small + 10);
  });
});

test('a repository that git refuses to write to: an error, and nothing moved', async () => {
  const { dir } = prepare(2);
  const before = refs(dir);
  await withRepository(dir, 'native', async (repo) => {
    const failing = overlay(repo, { updateRefs: () => Promise.reject(new Error('the disk is full')) });
    await expect(migrate(failing)).rejects.toThrow('the disk is full');
  });
  expect(refs(dir)).toEqual(before);
  expect(gitResult(dir, ['fsck']).status).toBe(0);
  expect(await migrateIn(dir)).toMatchObject({ status: 'migrated' });
});
