import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CkptError } from '../../src/checkpoint/errors.ts';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { A, A2, B, historyScenarios, impossibleScenarios, realScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, listing, migrateIn, withRepository } from '../migrate/support.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const ARCHIVE = 'refs/entire/checkpoints/v2/full/0000000000001';

const newDir = () => join(tempDir(), 'repo');
const codes = ({ findings }: Awaited<ReturnType<typeof verify>>) => findings.map(({ code }) => code);

describe.each(ENGINES)('verify, %s', (engine) => {
  const verifyIn = (dir: string, options: VerifyOptions = {}) =>
    withRepository(dir, engine, (repo) => verify(repo, options));
  const errorOf = (dir: string, options: VerifyOptions = {}) =>
    verifyIn(dir, options).then(
      () => expect.fail('there is nothing to verify'),
      (error: unknown) => error as CkptError,
    );

  test('without a V1 branch is not possible', async () => {
    const dir = initRepository({ dir: newDir(), bare: true });
    const error = await errorOf(dir);
    expect(error).toBeInstanceOf(CkptError);
    expect(error).toMatchObject({
      code: 'NO_V1',
      exitCode: 3,
      hint: [expect.stringContaining('This repository has no remote.'), ['ckpt', 'fetch', 'PATH-OR-URL']],
    });
  });

  test('of a V2 without its V1 proves the archives, and says that it compared no more', async () => {
    const dir = newDir();
    await realScenarios.plain(dir);
    await migrateIn(dir, { maxCheckpoints: 1 });
    git(dir, 'update-ref', '-d', V1_REF);
    const report = await verifyIn(dir, { maxCheckpoints: 1 });
    expect(report).toMatchObject({ consistent: true, v1: { ref: V1_REF, tip: null } });
    expect(codes(report)).toEqual(['COVERAGE_NOT_COMPARED']);
    expect(codes(await verifyIn(dir, { checkpoints: ['ffffffffffff'], maxCheckpoints: 1 }))).toEqual([
      'COVERAGE_NOT_COMPARED',
      'CHECKPOINT_UNKNOWN',
    ]);
  });

  test('of a V1 that is at no commit is not possible', async () => {
    const dir = newDir();
    await impossibleScenarios.refAtBlob(dir);
    expect(await errorOf(dir)).toMatchObject({ code: 'BAD_REF', exitCode: 3 });
  });

  test('refuses what is not a checkpoint ID as wrong usage, before it looks at anything', async () => {
    const dir = initRepository({ dir: newDir(), bare: true });
    for (const id of ['a3b2c4d5e6f', 'A3B2C4D5E6FG', '../../../etc/p', '']) {
      expect(await errorOf(dir, { checkpoints: [id] })).toMatchObject({ code: 'BAD_CHECKPOINT_ID', exitCode: 2 });
    }
  });

  test('before a migration finds that V2 is missing, and nothing else', async () => {
    const dir = newDir();
    await realScenarios.gaps(dir);
    const report = await verifyIn(dir);
    expect(codes(report)).toEqual(['V2_MISSING']);
    expect(report).toMatchObject({ consistent: false, v2: { main: null, current: null, archives: [] } });
  });

  test('after a migration finds nothing, tells what it compared, and writes nothing', async () => {
    const dir = newDir();
    const { tip, v1, checkpoints } = await historyScenarios.generations(dir);
    await migrateIn(dir, { maxCheckpoints: 4 });
    const before = listing(dir);
    const events: ProgressEvent[] = [];
    const report = await verifyIn(dir, { maxCheckpoints: 4, onEvent: (event) => events.push(event) });
    expect(report).toMatchObject({
      consistent: true,
      v1: { ref: V1_REF, tip },
      v2: {
        main: git(dir, 'rev-parse', MAIN),
        current: git(dir, 'rev-parse', CURRENT),
        archives: [{ ref: ARCHIVE, id: git(dir, 'rev-parse', ARCHIVE) }],
      },
      counts: {
        commits: v1.commits,
        checkpoints: checkpoints.length,
        sessions: 5,
        generations: 1,
        currentCheckpoints: 1,
      },
      findings: [{ code: 'CHECKPOINT_LOST' }],
    });
    expect(events.flatMap((event) => (event.kind === 'phase' ? event.phase : []))).toEqual([
      'read refs',
      'compare coverage',
      'compare generations',
      'compare history',
    ]);
    expect(listing(dir)).toEqual(before);
  });

  test('reads origin’s copy of V1 where there is no local branch', async () => {
    const dir = newDir();
    await historyScenarios.remoteOnly(dir);
    await migrateIn(dir);
    const report = await verifyIn(dir);
    expect(report.v1.ref).toBe('refs/remotes/origin/entire/checkpoints/v1');
    expect(report.findings).toEqual([]);
  });

  test('of an empty V1 compares its one commit', async () => {
    const dir = newDir();
    await historyScenarios.empty(dir);
    await migrateIn(dir);
    const { consistent, counts } = await verifyIn(dir);
    expect({ consistent, counts }).toMatchObject({ consistent: true, counts: { commits: 1, checkpoints: 0 } });
  });

  describe('with a V1 that has gone on', () => {
    /** A and B were migrated; then A was finalized, and A2 is new. */
    async function behind() {
      const dir = newDir();
      const v1 = new V1Builder();
      v1.checkpoint(A);
      v1.checkpoint(B);
      v1.write(dir);
      await migrateIn(dir);
      v1.finalize(A, 0, transcriptText('final', 7));
      v1.checkpoint(A2, { sessions: [{ transcript: null }] });
      v1.write(dir, { init: false });
      return dir;
    }

    test('finds that V2 is behind, and by how much, but nothing that follows from it', async () => {
      const dir = await behind();
      const report = await verifyIn(dir);
      expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([
        {
          code: 'V2_BEHIND',
          severity: 'error',
          ref: MAIN,
          message: `${V1_REF} has 2 commits that V2 was not projected from yet`,
        },
      ]);
      expect(report).toMatchObject({ consistent: false, counts: { commits: 2, checkpoints: 2, errors: 1 } });
      for (const id of [A, B, A2]) expect(codes(await verifyIn(dir, { checkpoints: [id] }))).toEqual(['V2_BEHIND']);
    });

    test('still finds what is damaged in what was projected', async () => {
      const dir = await behind();
      git(dir, 'update-ref', '-d', CURRENT);
      expect(codes(await verifyIn(dir))).toEqual([
        'V2_BEHIND',
        'CURRENT_MISSING',
        'TRANSCRIPT_MISSING',
        'TRANSCRIPT_MISSING',
      ]);
    });

    test('is consistent after the next migration', async () => {
      const dir = await behind();
      await migrateIn(dir);
      const report = await verifyIn(dir);
      expect(codes(report)).toEqual(['V1_NO_TRANSCRIPT']);
      expect(report).toMatchObject({ consistent: true, counts: { commits: 4, checkpoints: 3 } });
    });
  });

  test('of single checkpoints looks at these alone', async () => {
    const dir = newDir();
    await realScenarios.gaps(dir);
    await migrateIn(dir);
    const one = await verifyIn(dir, { checkpoints: [A] });
    expect(one.findings).toMatchObject([
      { code: 'V1_SESSION_GAP', severity: 'note', checkpoint: A, path: shardPath(A) },
    ]);
    expect(one.counts).toMatchObject({ commits: 0, checkpoints: 1, sessions: 3, notes: 1 });
    const other = await verifyIn(dir, { checkpoints: [B, B] });
    expect(other).toMatchObject({ consistent: true, findings: [], counts: { checkpoints: 1, sessions: 1 } });
    expect(codes(await verifyIn(dir, { checkpoints: [B, A2] }))).toEqual(['CHECKPOINT_UNKNOWN']);
  });

  test('finds no more than the loss in a V2 that has followed V1 in losing a checkpoint', async () => {
    const dir = newDir();
    const v1 = new V1Builder();
    v1.checkpoint(A);
    v1.checkpoint(B);
    v1.checkpoint(A2);
    v1.write(dir);
    await migrateIn(dir, { maxCheckpoints: 2 });
    v1.remove(A);
    v1.write(dir, { init: false });
    await migrateIn(dir, { maxCheckpoints: 2 });
    const report = await verifyIn(dir, { maxCheckpoints: 2 });
    const findings = [{ code: 'CHECKPOINT_LOST', checkpoint: A }];
    expect(report).toMatchObject({ consistent: true, findings, counts: { checkpoints: 2 } });
  });
});
