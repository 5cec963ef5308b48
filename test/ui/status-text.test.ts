import { describe, expect, it } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { LayoutStanding } from '../../src/inspect/layout-standings.ts';
import type { GenerationStatus, StatusReport } from '../../src/inspect/status-report.ts';
import { statusText } from '../../src/ui/status-text.ts';
import { runOf } from './run.ts';

const RUN = runOf('status');
const ID = '59a3aa1697'.repeat(4) as ObjectId;

const generation = (number: number | null, facts: Partial<GenerationStatus> = {}): GenerationStatus => ({
  number,
  state: number === null ? 'current' : 'archived',
  checkpointCount: 100,
  oldest: '2025-03-01T10:00:00Z',
  newest: '2025-03-06T10:00:00+01:00',
  bytes: 76_000_000,
  absentFileCount: 0,
  isPastRetention: false,
  isInV1: false,
  ...facts,
});

const standing = (layout: LayoutStanding['layout'], where: string, facts: Partial<LayoutStanding>): LayoutStanding => ({
  layout,
  where,
  commit: ID,
  isSecondV1: false,
  isSource: false,
  checkpointCount: 600,
  sessionCount: 788,
  onlyHereCount: 0,
  notInSourceCount: 0,
  behindCount: 0,
  unreadableCount: 0,
  ...facts,
});

const REPORT: StatusReport = {
  repository: { isBare: false, isShallow: false },
  primary: { layout: 'v1', source: null, key: null, mirrors: [], unknown: [] },
  standings: [
    standing('v1', 'refs/heads/entire/checkpoints/v1', {
      sessionCount: 790,
      onlyHereCount: 2,
      isSource: true,
      behindCount: null,
    }),
    standing('v1', 'refs/entire/checkpoints/v1', {
      checkpointCount: 1,
      sessionCount: 1,
      isSecondV1: true,
      behindCount: null,
    }),
    standing('v2', 'refs/entire/checkpoints/v2/main', { checkpointCount: 597, behindCount: 3 }),
    standing('refs', 'refs/entire/checkpoints/', { commit: null, unreadableCount: 1 }),
  ],
  unreadableLayouts: [],
  v1: {
    ref: 'refs/heads/entire/checkpoints/v1',
    commit: ID,
    isRemoteCopy: false,
    counts: { commits: 1400, checkpoints: 600, sessions: 790 },
  },
  main: { ref: 'refs/entire/checkpoints/v2/main', commit: ID, counts: { checkpoints: 597 } },
  pending: [],
  coverage: { relation: 'behind', counts: { commits: 4, checkpoints: 3 } },
  generationCapacity: 100,
  generations: [
    generation(1, { state: 'pruned', bytes: null }),
    generation(2, { absentFileCount: 2 }),
    generation(3, { state: 'missing', checkpointCount: null, bytes: null }),
    generation(4, { state: 'unreadable', checkpointCount: null, bytes: null }),
    generation(null, { checkpointCount: 37, oldest: '2025-03-06T12:00:00Z', bytes: 5600 }),
  ],
  settings: [
    { key: 'checkpoints_v2', value: true, source: '.entire/settings.json' },
    { key: 'push_v2_refs', value: false, source: '.entire/settings.local.json' },
    { key: 'full_transcript_generation_retention_days', value: 14, source: null },
  ],
  hooks: {
    git: {
      folder: '/home/ada/project/.git/hooks',
      manager: null,
      sharedWith: null,
      hooks: [
        {
          hook: 'post-commit',
          path: '',
          state: 'installed',
          executable: true,
          missingProgram: null,
          active: true,
          pushes: 'no',
        },
        {
          hook: 'pre-push',
          path: '',
          state: 'absent',
          executable: null,
          missingProgram: null,
          active: false,
          pushes: 'no',
        },
      ],
    },
    trial: null,
    agents: [{ agent: 'claude-code', path: '', state: 'installed', active: true }],
    primary: 'v1',
    targets: ['v2'],
    isPushing: false,
    isBackground: false,
    isWorking: false,
    lastRun: { at: '2025-03-06T10:00:00.000Z', outcome: 'ok', durationMs: 180 },
  },
  problems: [
    { code: 'V2_BEHIND', message: 'V2 lacks 4 V1 commits.', commands: [['ckpt', 'migrate']] },
    {
      code: 'V2_AHEAD',
      message: 'V2 was made from a newer V1 than the one here.',
      commands: [['git', 'fetch', 'origin']],
    },
    { code: 'SETTINGS_UNREADABLE', message: 'settings.json can not be read', commands: [] },
  ],
};

describe('statusText', () => {
  it('fits one screen of 80 columns', () => {
    const text = statusText(REPORT, 80, RUN);
    expect(text).toMatchInlineSnapshot(`
      "/home/ada/project
      ckpt 1.2.3, native engine: git 2.39.5

      Layouts      checkpoints  sessions  only here  behind
        V1         600          790       2          -
        second V1  1            1         0          -
        V2         597          788       0          3
        git-refs   600          788       0          0       1 not readable
        V1         refs/heads/entire/checkpoints/v1 at 59a3aa1697, 1,400 commits
        second V1  refs/entire/checkpoints/v1 at 59a3aa1697
        V2         refs/entire/checkpoints/v2/main at 59a3aa1697
        git-refs   refs/entire/checkpoints/
        Primary: V1 (no setting says another)
        V2 and V1: 4 V1 commits and 3 V1 checkpoints not projected yet

      Generations (transcripts, uncompressed)
        2        [####################]  100/100  2025-03-01 to 2025-03-06  76 MB
        4        not readable
        current  [#######-------------]  37/100   2025-03-06                5.6 kB
        pruned: 1
        missing: 3
        not counted: 2 files absent from this repository

      Settings (strategy_options)
        checkpoints_v2  true   .entire/settings.json
        push_v2_refs    false  .entire/settings.local.json
      Hooks that run the mirror: post-commit, claude-code
        not: pre-push
        it last ran at 2025-03-06T10:00:00.000Z: ok, 180 ms

      Needs attention
        V2 lacks 4 V1 commits.
          ckpt migrate
        V2 was made from a newer V1 than the one here.
          git fetch origin
        settings.json can not be read
      Next: ckpt migrate
      "
    `);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('has shorter bars at 40 columns', () => {
    expect(statusText({ ...REPORT, settings: null, hooks: null, problems: [] }, 40, RUN)).toMatchInlineSnapshot(`
      "/home/ada/project
      ckpt 1.2.3, native engine: git 2.39.5

      Layouts      total  only here  behind
        V1         600    2          -
        second V1  1      0          -
        V2         597    0          3
        git-refs   600    0          0       1 not readable
        V1         refs/heads/entire/checkpoints/v1 at 59a3aa1697, 1,400 commits
        second V1  refs/entire/checkpoints/v1 at 59a3aa1697
        V2         refs/entire/checkpoints/v2/main at 59a3aa1697
        git-refs   refs/entire/checkpoints/
        Primary: V1 (no setting says another)
        V2 and V1: 4 V1 commits and 3 V1 checkpoints not projected yet

      Generations (transcripts, uncompressed)
        2        [########]    100/100  76 MB
        4        not readable
        current  [###-----]    37/100   5.6 kB
        pruned: 1
        missing: 3
        not counted: 2 files absent from this repository

      Settings: not readable
      Hooks: not readable

      Nothing needs attention.
      "
    `);
  });

  it("says that another writer's V2 has every checkpoint, and counts none that is not projected", () => {
    const words = (checkpoints: number, commits: number | null = null) => {
      const coverage = { relation: 'foreign', counts: { commits, checkpoints } } as const;
      return /V2 and V1: (.*)/.exec(statusText({ ...REPORT, coverage }, 80, RUN))?.[1];
    };
    expect(words(0)).toBe('every V1 checkpoint is in V2');
    expect(words(5)).toBe('5 V1 checkpoints not projected yet');
    expect(words(0, 0)).toBe('every V1 checkpoint is in V2');
    expect(words(0, 1)).toBe('1 V1 commit not projected yet');
  });

  it('puts many archives into one line', () => {
    const many = Array.from({ length: 60 }, (_, i) => generation(i + 1));
    const lines = statusText({ ...REPORT, generations: many }, 80, RUN).split('\n');
    expect(lines.filter((line) => /\[#+\]/.test(line))).toHaveLength(3);
    expect(lines).toContainEqual(
      expect.stringMatching(/^ {2}1-57 +57 archives +5,700 +2025-03-01 to 2025-03-06 +4\.3 GB$/),
    );
  });

  it('shows a bar as full only where it is, and as empty only where nothing is in it', () => {
    const bar = (checkpoints: number) =>
      /\[(.*)\]/.exec(
        statusText({ ...REPORT, generations: [generation(null, { checkpointCount: checkpoints })] }, 80, RUN),
      )?.[1];
    expect(bar(0)).toBe('-'.repeat(20));
    expect(bar(1)).toBe(`#${'-'.repeat(19)}`);
    expect(bar(50)).toBe('#'.repeat(10) + '-'.repeat(10));
    expect(bar(99)).toBe(`${'#'.repeat(19)}-`);
    expect(bar(100)).toBe('#'.repeat(20));
    expect(bar(250)).toBe('#'.repeat(20));
  });

  it('suggests commands for the repository that was named', () => {
    const text = statusText(REPORT, 80, runOf('--repo', "../my project's", 'status'));
    expect(text).toContain("\n    ckpt migrate --repo '../my project'\\''s'\n");
    expect(text).toContain("\n    git -C '../my project'\\''s' fetch origin\n");
  });

  it('says where there is nothing', () => {
    const nothing = { ...REPORT, standings: [], v1: null, main: null, coverage: null, generations: [], problems: [] };
    expect(statusText(nothing, 80, RUN)).toContain('\n\nLayouts: none\n\nSettings');
    expect(statusText(nothing, 80, RUN)).toMatch(/\nNothing needs attention\.\n$/);
    const unreadableLayouts = [{ layout: 'v1', where: 'refs/heads/entire/checkpoints/v1', reason: '' }] as const;
    expect(statusText({ ...nothing, unreadableLayouts }, 80, RUN)).toContain(
      "\n\nLayouts: none that can be read\n  V1  refs/heads/entire/checkpoints/v1, which can't be read\n\nSettings",
    );
    expect(statusText({ ...REPORT, unreadableLayouts }, 80, RUN)).toMatch(/V1 .*v1, which can't be read\n/);
  });

  it('says which layout is written first, and why', () => {
    const line = (primary: StatusReport['primary']) =>
      /\n {2}(Primary: .*)\n/.exec(statusText({ ...REPORT, primary }, 80, RUN))?.[1];
    const source = '.entire/settings.json';
    expect(line({ layout: 'refs', source, key: 'checkpoints.primary', mirrors: [], unknown: [] })).toBe(
      'Primary: git-refs (.entire/settings.json, checkpoints.primary)',
    );
    expect(line({ layout: 'refs', source: 'ENTIRE_CHECKPOINTS_PRIMARY', key: null, mirrors: [], unknown: [] })).toBe(
      'Primary: git-refs (ENTIRE_CHECKPOINTS_PRIMARY)',
    );
    expect(line(null)).toBe('Primary: not known, for the settings are not readable');
  });

  it('lets no control character of the repository through', () => {
    const evil = 'x\u001b[2J\r\u202e';
    const report = {
      ...REPORT,
      generations: [generation(1, { oldest: evil, newest: evil })],
      problems: [{ code: 'V2_BEHIND' as const, message: evil, commands: [[evil]] }],
    };
    expect(statusText(report, 80, { ...runOf('-C', evil), repository: evil })).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u202e]/,
    );
  });
});
