import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { reference, V2_CURRENT, V2_MAIN, V2_MANIFEST } from '../fixtures/reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import { add, archive, id, ids, prepare, update } from '../migrate/checkpoints.ts';
import {
  checkpointsOf,
  ENGINES,
  expectConsistent,
  listing,
  migrateIn,
  v2Refs,
  v2State,
  withRepository,
} from '../migrate/support.ts';
import { sessionWrite, source, v2Writer } from '../stores/store-bench.ts';
import { bytesOf } from '../stores/transcripts.ts';
import { V2Store } from '../stores/v2-store.ts';
import { readCommit, treeWith, writeCommit } from '../verify/damage.ts';
import { manifestOf, pruneByHand, rotateIn } from './support.ts';

const name = (number: number) => String(number).padStart(13, '0');

describe.each(ENGINES)('ckpt rotate (%s)', (engine) => {
  test('archives in the order of arrival, as often as there is a generation, as a migration does', async () => {
    const { dir } = prepare(5);
    await migrateIn(dir);
    const planned = await rotateIn(dir, { engine, maxCheckpoints: 2, dryRun: true });
    const result = await rotateIn(dir, { engine, maxCheckpoints: 2 });
    expect(result).toMatchObject({ status: 'rotated', reason: null, currentCheckpointCount: 1 });
    expect(result.generations.map(({ number, checkpointCount }) => [number, checkpointCount])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(planned).toMatchObject({ status: 'planned', refs: result.refs, generations: result.generations });
    expect(v2Refs(dir)).toEqual(reference(dir, { maxCheckpoints: 2 }).refs);
    expect(checkpointsOf(dir, 'current')).toEqual([id(5)]);
    await expectConsistent(dir, { maxCheckpoints: 2, engine });
  });

  test('a dry run writes nothing', async () => {
    const { dir } = prepare(3);
    await migrateIn(dir);
    const before = listing(dir);
    await rotateIn(dir, { engine, force: true, dryRun: true });
    expect(listing(dir)).toEqual(before);
  });

  test('says why there is nothing to do, and moves nothing', async () => {
    const { dir } = prepare(3);
    expect(await rotateIn(dir, { engine })).toMatchObject({ status: 'nothing-to-do', reason: 'no-current', refs: [] });
    await migrateIn(dir);
    const before = v2Refs(dir);
    const notFull = { status: 'nothing-to-do', reason: 'not-full', currentCheckpointCount: 3, refs: [] };
    expect(await rotateIn(dir, { engine, maxCheckpoints: 4 })).toMatchObject(notFull);
    expect(v2Refs(dir)).toEqual(before);
    await rotateIn(dir, { engine, force: true });
    const empty = { status: 'nothing-to-do', reason: 'empty', refs: [] };
    expect(await rotateIn(dir, { engine, force: true })).toMatchObject(empty);
  });

  test('--force archives what fills no generation, after the full ones; the next write starts again', async () => {
    const { dir, v1 } = prepare(5);
    await migrateIn(dir);
    const { generations } = await rotateIn(dir, { engine, maxCheckpoints: 2, force: true });
    expect(generations.map(({ checkpointCount }) => checkpointCount)).toEqual([2, 2, 1]);
    expect(git(dir, 'ls-tree', V2_CURRENT)).toBe('');
    expect(git(dir, 'rev-list', '--count', V2_CURRENT)).toBe('1');
    update(dir, add(v1, 6));
    await migrateIn(dir, { engine });
    expect(checkpointsOf(dir, 'current')).toEqual([id(6)]);
    expect(await expectConsistent(dir, { engine })).toEqual([]);
  });

  test('never gives a number again: not that of a pruned archive, not that of a lost one', async () => {
    const { dir, v1 } = prepare(6);
    await migrateIn(dir, { maxCheckpoints: 2 });
    pruneByHand(dir, 3);
    pruneByHand(dir, 1);
    update(dir, add(v1, 7, 8));
    await migrateIn(dir, { maxCheckpoints: 100 });
    await rotateIn(dir, { engine, maxCheckpoints: 2 });
    expect(Object.keys(v2Refs(dir))).toEqual([archive(2), archive(4), V2_CURRENT, V2_MANIFEST, V2_MAIN]);
    const findings = await expectConsistent(dir, { maxCheckpoints: 2, engine });
    expect(findings.map(({ code }) => code).sort()).toEqual([
      'GENERATION_PRUNED',
      'GENERATION_PRUNED',
      ...Array.from({ length: 4 }, () => 'TRANSCRIPT_PRUNED'),
    ]);
    git(dir, 'update-ref', '-d', archive(4));
    update(dir, add(v1, 9));
    await migrateIn(dir);
    const { generations } = await rotateIn(dir, { engine, force: true });
    expect(generations.map(({ number }) => number)).toEqual([5]);
  });

  test('a transcript that V1 gets for a pruned checkpoint is archived with the others, once', async () => {
    const { dir, v1 } = prepare(4);
    await migrateIn(dir, { maxCheckpoints: 2 });
    pruneByHand(dir, 1);
    v1.updateSummary(id(1), { has_review: true });
    v1.finalize(id(2), 0, transcriptText('complete', 9));
    update(dir, v1);
    await migrateIn(dir, { engine });
    expect(checkpointsOf(dir, 'current')).toEqual([id(2)]);
    await rotateIn(dir, { engine, force: true });
    expect(checkpointsOf(dir, name(3))).toEqual([id(2)]);
    const findings = await expectConsistent(dir, { engine });
    expect(findings.map(({ code, checkpoint }) => [code, checkpoint])).toEqual([
      ['TRANSCRIPT_PRUNED', id(1)],
      ['GENERATION_PRUNED', undefined],
    ]);
  });

  test('in replace mode the history of full/current goes into the archive too', async () => {
    const [replacing, accumulating] = [prepare(1), prepare(1)];
    for (const { dir, v1 } of [replacing, accumulating]) {
      const fullCurrentMode = dir === replacing.dir ? 'replace' : 'accumulate';
      await migrateIn(dir, { fullCurrentMode });
      for (const n of [2, 3]) {
        update(dir, add(v1, n));
        await migrateIn(dir, { fullCurrentMode });
      }
      expect(checkpointsOf(dir, 'current')).toEqual(fullCurrentMode === 'replace' ? [id(3)] : ids(1, 3).sort());
      expect(await rotateIn(dir, { engine, fullCurrentMode, maxCheckpoints: 3 })).toMatchObject({ status: 'rotated' });
      expect(checkpointsOf(dir, name(1))).toEqual(ids(1, 3).sort());
      expect(await expectConsistent(dir, { engine })).toEqual([]);
    }
    expect(v2Refs(replacing.dir)).toEqual(v2Refs(accumulating.dir));
  });

  test('what replace mode left to the history is archived in accumulate mode as well', async () => {
    const { dir, v1 } = prepare(1);
    await migrateIn(dir, { fullCurrentMode: 'replace' });
    update(dir, add(v1, 2));
    await migrateIn(dir, { fullCurrentMode: 'replace' });
    await rotateIn(dir, { engine, force: true });
    expect(checkpointsOf(dir, name(1))).toEqual(ids(1, 2).sort());
    expect(await expectConsistent(dir, { engine })).toEqual([]);
  });

  test("another tool's archive stays, and the manifest lists it", async () => {
    const { dir, v1 } = prepare(5);
    writeForeignV2(dir, v1, { archives: { 2: [id(1), id(2)] } });
    const theirs = v2Refs(dir)[archive(2)];
    const { generations } = await rotateIn(dir, { engine, maxCheckpoints: 2 });
    expect(generations.map(({ number }) => number)).toEqual([3]);
    expect(v2Refs(dir)[archive(2)]).toBe(theirs);
    expect(checkpointsOf(dir, name(3))).toEqual(ids(3, 4).sort());
    expect(git(dir, 'ls-tree', '-r', '--name-only', archive(3))).toContain('/0/raw_transcript\n');
    expect(manifestOf(dir)).toMatchObject({
      [`${name(2)}.json`]: {
        checkpoint_count: 2,
        checkpoints: ids(1, 2).sort(),
        tree: git(dir, 'rev-parse', `${archive(2)}^{tree}`),
      },
      [`${name(3)}.json`]: { checkpoint_count: 2, newest_checkpoint_at: '2025-10-09T12:53:20.000Z' },
    });
    await migrateIn(dir, { engine });
    const codes = (await expectCodes(dir)).filter(
      (code) => code.startsWith('MANIFEST') || code.startsWith('CHECKPOINT'),
    );
    expect(codes).toEqual([]);
  });

  test('another tool that wrote one session at a time in replace mode: each session is archived', async () => {
    const { dir, v1 } = prepare(1);
    v1.checkpoint(id(2), { sessions: [{}, {}] });
    update(dir, v1);
    writeForeignV2(dir, v1, {});
    const session = (n: number) => {
      const tree = treeWith(dir, V2_CURRENT, { [`${shardPath(id(2))}/${1 - n}`]: null, [shardPath(id(1))]: null });
      return git(dir, 'commit-tree', '-m', `session ${n}`, tree, ...(n === 0 ? [] : ['-p', V2_CURRENT]));
    };
    const [first, second] = [session(0), session(1)];
    const last = readCommit(dir, second);
    git(dir, 'update-ref', V2_CURRENT, writeCommit(dir, { ...last, parents: [first] }));
    await rotateIn(dir, { engine, force: true });
    const paths = git(dir, 'ls-tree', '-r', '--name-only', archive(1)).split('\n');
    const transcripts = paths.filter((path) => path.endsWith('/raw_transcript'));
    expect(transcripts).toEqual([0, 1].map((n) => `${shardPath(id(2))}/${n}/raw_transcript`));
  });

  test('V2 without V1: by the time of the oldest session, ties by ID', async () => {
    const dir = initRepository({ dir: tempDir() });
    const written = ['dd0000000004', 'bb0000000002', 'cc0000000003', 'aa0000000001'] as CheckpointId[];
    await withRepository(dir, engine, async (repo) => {
      for (const [n, checkpointId] of written.entries()) {
        const createdAt = `2026-01-0${n < 2 ? 1 : n}T00:00:00Z`;
        const write = sessionWrite('x', { checkpointId, transcript: source(`${checkpointId}\n`) });
        await v2Writer(repo).writeCommitted({
          ...write,
          metadata: { ...write.metadata, created_at: createdAt },
        });
      }
      await rotateIn(dir, { engine, maxCheckpoints: 2 });
      expect(checkpointsOf(dir, name(1))).toEqual(['bb0000000002', 'dd0000000004']);
      expect(checkpointsOf(dir, name(2))).toEqual(['aa0000000001', 'cc0000000003']);
      for (const checkpointId of written) {
        const transcript = await new V2Store(repo).readTranscript(checkpointId, '0');
        expect((await bytesOf(transcript)).toString()).toBe(`${checkpointId}\n`);
      }
    });
  });
});

async function expectCodes(dir: string): Promise<string[]> {
  const { verify } = await import('../../src/verify/verify.ts');
  const { findings } = await withRepository(dir, 'native', (repo) => verify(repo));
  return findings.map(({ code }) => code);
}

test('two clones that rotate on their own make the same ids, and fetch from each other', async () => {
  const { dir } = prepare(5);
  await migrateIn(dir);
  const other = `${tempDir()}/other`;
  cpSync(dir, other, { recursive: true });
  await rotateIn(dir, { maxCheckpoints: 2 });
  await rotateIn(other, { maxCheckpoints: 2, engine: 'isomorphic' });
  expect(v2Refs(other)).toEqual(v2Refs(dir));
  git(other, 'fetch', '-q', dir, '+refs/entire/*:refs/entire/*');
  git(dir, 'fetch', '-q', other, '+refs/entire/*:refs/entire/*');
  expect(v2State(other)).toEqual(v2State(dir));
  for (const clone of [dir, other]) expect(await expectConsistent(clone, { maxCheckpoints: 2 })).toEqual([]);
});

test('two clones of which one got more: the other one fetches, and both agree', async () => {
  const { dir, v1 } = prepare(4);
  await migrateIn(dir);
  const other = `${tempDir()}/other`;
  cpSync(dir, other, { recursive: true });
  await rotateIn(other, { maxCheckpoints: 4 });
  update(dir, add(v1, 5));
  await migrateIn(dir, { maxCheckpoints: 4 });
  git(other, 'fetch', '-q', dir, `+${V1_REF}:${V1_REF}`, '+refs/entire/*:refs/entire/*');
  await rotateIn(other, { maxCheckpoints: 4 });
  await migrateIn(other, { maxCheckpoints: 4 });
  expect(v2Refs(other)).toEqual(v2Refs(dir));
  for (const clone of [dir, other]) await expectConsistent(clone, { maxCheckpoints: 4 });
});
