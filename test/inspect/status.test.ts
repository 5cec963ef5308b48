import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import { writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, gitBytes, initRepository, refs } from '../fixtures/git.ts';
import { A, badInputScenarios, historyScenarios, impossibleScenarios, realScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, V2_FULL } from '../migrate/support.ts';
import { statusIn } from './support.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const codes = ({ problems }: Awaited<ReturnType<typeof statusIn>>) => problems.map(({ code }) => code);

describe('repositoryStatus', () => {
  it.each(ENGINES)('tells tips, counts, coverage and generations (%s)', async (engine) => {
    const dir = tempDir();
    await historyScenarios.generations(dir);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const before = refs(dir);
    const status = await statusIn(dir, { engine, maxCheckpoints: 2 });
    expect(status).toMatchObject({
      repository: { isBare: true, isShallow: false },
      v1: {
        ref: V1_REF,
        commit: git(dir, 'rev-parse', V1_REF),
        isRemoteCopy: false,
        counts: { commits: 8, checkpoints: 5, sessions: 5 },
      },
      main: { ref: MAIN, commit: git(dir, 'rev-parse', MAIN), counts: { checkpoints: 5 } },
      coverage: { relation: 'same', counts: { commits: 0, checkpoints: 0 } },
      problems: [],
    });
    expect(status.v1?.counts.commits).toBe(Number(git(dir, 'rev-list', '--count', V1_REF)));
    expect(status.generations).toMatchObject([
      {
        number: 1,
        state: 'archived',
        checkpointCount: 2,
        oldest: '2025-01-08T00:00:00Z',
        newest: '2025-01-09T00:00:00Z',
      },
      { number: 2, state: 'archived', checkpointCount: 2 },
      {
        number: null,
        state: 'current',
        checkpointCount: 1,
        oldest: '2025-01-05T00:00:00Z',
        newest: '2025-01-05T00:00:00Z',
      },
    ]);
    const files = gitBytes(dir, ['ls-tree', '-r', '-l', `${V2_FULL}0000000000001`])
      .toString()
      .split('\n');
    const bytes = files
      .filter((line) => line.includes('/'))
      .reduce((sum, line) => sum + Number(line.split(/\s+/)[3]), 0);
    expect(status.generations[0]?.bytes).toBe(bytes);
    expect(refs(dir)).toEqual(before);
  });

  it('tells what it is doing', async () => {
    const dir = tempDir();
    await historyScenarios.generations(dir);
    const events: ProgressEvent[] = [];
    await statusIn(dir, {}, (event) => events.push(event));
    expect(events).toEqual([
      { kind: 'phase', phase: 'read refs' },
      { kind: 'phase', phase: 'read checkpoints' },
    ]);
  });

  it('counts what is not projected yet', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.checkpoint(A);
    v1.checkpoint('b00000000001');
    v1.write(dir);
    expect(await statusIn(dir)).toMatchObject({
      coverage: { relation: 'none', counts: { commits: 2, checkpoints: 2 } },
      main: null,
    });
    await migrateIn(dir);
    v1.finalize(A, 0, transcriptText('final', 9));
    v1.write(dir, { init: false });
    const message = 'V2 lacks one V1 commit; it touches 1 of 2 V1 checkpoints.';
    expect((await statusIn(dir)).problems).toMatchObject([{ code: 'V2_BEHIND', message }]);
    v1.checkpoint('b00000000002');
    v1.updateSummary('b00000000002', { has_review: true });
    v1.write(dir, { init: false });
    const behind = await statusIn(dir);
    expect(behind.coverage).toEqual({ relation: 'behind', counts: { commits: 3, checkpoints: 2 } });
    expect(behind.problems).toEqual([
      {
        code: 'V2_BEHIND',
        message: 'V2 lacks 3 V1 commits; they touch 2 of 3 V1 checkpoints.',
        commands: [['ckpt', 'migrate']],
      },
    ]);
    const old = git(dir, 'rev-parse', `${V1_REF}~3`);
    await migrateIn(dir);
    git(dir, 'update-ref', V1_REF, old);
    expect(await statusIn(dir)).toMatchObject({ coverage: { relation: 'ahead' }, problems: [{ code: 'V2_AHEAD' }] });
    const other = new V1Builder();
    other.checkpoint('c00000000001');
    other.write(dir, { init: false });
    expect(await statusIn(dir)).toMatchObject({
      coverage: { relation: 'rewritten', counts: { commits: null, checkpoints: 1 } },
      problems: [{ code: 'V1_REWRITTEN', commands: [['ckpt', 'migrate']] }],
    });
  });

  it('knows a V2 of other software, before and after a migration added to it', async () => {
    const dir = tempDir();
    const { v1 } = await historyScenarios.merge(dir);
    writeForeignV2(dir, v1, { lost: [A], archives: { 2: ['b1c2d3e4f506'] } });
    const foreign = await statusIn(dir, { now: '2026-05-29T00:00:00Z' });
    expect(foreign.coverage).toEqual({ relation: 'foreign', counts: { commits: null, checkpoints: 1 } });
    expect(codes(foreign)).toEqual(['V2_FOREIGN', 'GENERATION_MISSING']);
    // It has no generation.json: the times are those of main.
    expect(foreign.generations).toMatchObject([
      { number: 1, state: 'missing', bytes: null },
      { number: 2, newest: '2026-05-28T20:26:40Z' },
      { number: null },
    ]);
    await migrateIn(dir);
    expect((await statusIn(dir, { now: '2026-05-29T00:00:00Z' })).coverage).toEqual({
      relation: 'foreign',
      counts: { commits: 0, checkpoints: 0 },
    });
  });

  it('finds generations that are full, past the retention, and gone', async () => {
    const dir = tempDir();
    await historyScenarios.generations(dir);
    await migrateIn(dir, { maxCheckpoints: 2 });
    // Generation 1 ends on January 9th, 2 on the 7th: exactly as long as the retention is not past it.
    expect(codes(await statusIn(dir, { now: '2025-01-21T00:00:00Z' }))).toEqual([]);
    const past = await statusIn(dir, { now: '2025-01-21T00:00:01Z' });
    expect(past.generations.map(({ isPastRetention }) => isPastRetention)).toEqual([false, true, false]);
    expect(past.problems).toEqual([]); // V1 has all of it still
    const v1 = git(dir, 'rev-parse', V1_REF);
    git(dir, 'update-ref', '-d', V1_REF);
    expect((await statusIn(dir, { now: '2025-01-21T00:00:01Z' })).problems).toContainEqual({
      code: 'GENERATION_PAST_RETENTION',
      message: 'Past the retention: generation 2.',
      commands: [['ckpt', 'prune']],
    });
    git(dir, 'update-ref', V1_REF, v1);
    expect(await statusIn(dir, { maxCheckpoints: 1 })).toMatchObject({
      problems: [{ code: 'CURRENT_FULL', commands: [['ckpt', 'rotate']] }],
    });
    git(dir, 'update-ref', '-d', `${V2_FULL}0000000000001`);
    expect(await statusIn(dir)).toMatchObject({
      generations: [{ number: 1, state: 'missing', checkpointCount: 2, newest: '2025-01-09T00:00:00Z' }, {}, {}],
      problems: [{ code: 'GENERATION_MISSING' }],
    });
    git(dir, 'update-ref', '-d', `${V2_FULL}current`);
    git(
      dir,
      'update-ref',
      `${V2_FULL}0000000000002`,
      gitBytes(dir, ['hash-object', '-w', '--stdin'], { input: 'x' }).toString().trim(),
    );
    expect(codes(await statusIn(dir))).toEqual(['GENERATION_UNREADABLE', 'GENERATION_MISSING', 'CURRENT_MISSING']);
  });

  it('says where each setting comes from, and what hooks lack', async () => {
    const dir = tempDir();
    await historyScenarios.besideCode(dir);
    await migrateIn(dir);
    const settings = async () => (await statusIn(dir)).settings?.map(({ key, value, source }) => [key, value, source]);
    mkdirSync(join(dir, '.entire'));
    writeFileSync(
      join(dir, '.entire/settings.json'),
      '{"strategy_options":{"checkpoints_v2":true,"push_v2_refs":true}}',
    );
    writeFileSync(
      join(dir, '.entire/settings.local.json'),
      '{"strategy_options":{"push_v2_refs":false,"full_transcript_generation_retention_days":"soon"}}',
    );
    expect(await settings()).toEqual([
      ['checkpoints_v2', true, '.entire/settings.json'],
      ['checkpoints_version', 1, null],
      ['push_v2_refs', false, '.entire/settings.local.json'],
      ['full_transcript_generation_retention_days', 14, null],
      ['full_current_mode', 'accumulate', null],
    ]);
    const status = await statusIn(dir);
    expect(status.repository).toMatchObject({ isBare: false });
    expect(status.problems).toEqual([
      {
        code: 'SETTING_UNKNOWN',
        message: expect.stringMatching(
          /retention_days in \.entire\/settings\.local\.json is "soon", which is not known/,
        ),
        commands: [],
      },
      {
        code: 'HOOKS_MISSING',
        message: 'Not all hooks run the mirror, which is to keep V2 in step.',
        commands: [['ckpt', 'hooks', 'install']],
      },
    ]);
    mkdirSync(join(dir, '.git/ckpt'), { recursive: true });
    writeFileSync(
      join(dir, '.git/ckpt/last-run.json'),
      '{"at":"2025-01-09T00:00:00Z","outcome":"timeout","durationMs":9}',
    );
    expect(codes(await statusIn(dir))).toEqual(['SETTING_UNKNOWN', 'HOOKS_MISSING', 'MIRROR_FAILED']);
    writeFileSync(join(dir, '.entire/settings.json'), '{broken');
    expect(await statusIn(dir)).toMatchObject({ settings: null, problems: [{ code: 'SETTINGS_UNREADABLE' }] });
  });

  it('works where a repository is special', async () => {
    const empty = initRepository({ dir: tempDir() });
    expect(await statusIn(empty)).toMatchObject({ v1: null, main: null, coverage: null, generations: [] });
    expect(codes(await statusIn(empty))).toEqual(['NO_CHECKPOINTS']);

    const remote = tempDir();
    await historyScenarios.remoteOnly(remote);
    expect(await statusIn(remote)).toMatchObject({ v1: { isRemoteCopy: true } });
    expect(codes(await statusIn(remote))).toEqual(['V1_ONLY_REMOTE', 'V2_MISSING']);

    const shallow = join(tempDir(), 'shallow');
    await impossibleScenarios.shallow(shallow);
    expect(await statusIn(shallow)).toMatchObject({
      v1: { counts: { commits: null } },
      repository: { isShallow: true },
    });
    expect(codes(await statusIn(shallow))).toEqual(['SHALLOW_CLONE', 'V2_MISSING']);

    const worktree = join(tempDir(), 'linked');
    const main = tempDir();
    await historyScenarios.besideCode(main);
    git(main, 'worktree', 'add', '-q', worktree);
    expect(await statusIn(worktree)).toMatchObject({
      repository: { isBare: false },
      v1: { counts: { checkpoints: 1 } },
    });

    const onlyV2 = tempDir();
    await realScenarios.plain(onlyV2);
    await migrateIn(onlyV2);
    git(onlyV2, 'update-ref', '-d', V1_REF);
    expect(await statusIn(onlyV2)).toMatchObject({
      v1: null,
      coverage: null,
      main: { counts: { checkpoints: 2 } },
      problems: [],
    });
  });

  it.each(Object.entries(impossibleScenarios))('reports and does not fail: %s', async (name, scenario) => {
    const dir = join(tempDir(), name);
    await scenario(dir);
    expect(codes(await statusIn(dir))).not.toEqual([]);
  });

  it('reads no transcript, and says what is absent', async () => {
    const dir = tempDir();
    await realScenarios.absentTranscript(dir);
    await migrateIn(dir);
    expect((await statusIn(dir)).generations[0]).toMatchObject({ absentFileCount: 1 });
    const odd = tempDir();
    await badInputScenarios.blobWhereTreeShouldBe(odd);
    expect(await statusIn(odd)).toMatchObject({ v1: { counts: { checkpoints: 1 } } });
  });
});
