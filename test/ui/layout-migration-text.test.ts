import { expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { LayoutMigration } from '../../src/migrate/between/layout-migration.ts';
import { layoutMigrationText } from '../../src/ui/layout-migration-text.ts';
import { runOf } from './run.ts';

const counts = { commits: 1, created: 0, advanced: 0, replaced: 0, added: 0, foreign: 0, ahead: 0, same: 0 };
const places = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ checkpoint: `${i}`.padStart(12, '0') as CheckpointId, session: '0' }));

it('names sessions that came without a transcript or its start, and says how many more there are', () => {
  const result: LayoutMigration = {
    status: 'migrated',
    from: 'v2',
    to: 'v1',
    source: null,
    refs: [],
    counts: { ...counts, deleted: 0, restored: 22, joined: 0 },
    sessions: { withoutTranscript: places(22), startsCounted: [], startsLeftOut: places(1) },
    leftCheckpoints: [],
    backup: null,
    warnings: [],
    dryRun: false,
  };
  const text = layoutMigrationText(result, runOf());
  expect(text).toContain('22 sessions come without transcripts');
  expect(text).toContain('  000000000019/0\n  and 2 more, which --json names\n');
  expect(text).not.toContain('000000000020');
  expect(text).toContain('1 session has no checkpoint_transcript_start in V1');
});

it('names what V1 keeps as its own, with commands for the repository that was named', () => {
  const result: LayoutMigration = {
    status: 'differs',
    from: 'refs',
    to: 'v1',
    source: null,
    refs: [],
    counts: { ...counts, deleted: 0, restored: 0, joined: 0 },
    sessions: { withoutTranscript: [], startsCounted: [], startsLeftOut: [] },
    leftCheckpoints: ['000000000001' as CheckpointId],
    backup: null,
    warnings: [],
    dryRun: false,
  };
  const text = layoutMigrationText(result, runOf('migrate', '-C', 'my repo', '--from', 'refs'));
  const unreadable = layoutMigrationText({ ...result, leftCheckpoints: [] }, runOf('migrate'));
  expect(unreadable).toContain("Nothing to add from git-refs, but V1 can't be read as a whole.");
  expect(text).toContain("ckpt diff 000000000001 --from refs --to v1 -C 'my repo'\n");
  expect(text).toContain("To take what git-refs have: ckpt repair --from refs --to v1 -C 'my repo'\n");
  const done = layoutMigrationText({ ...result, status: 'up-to-date', from: 'v1', to: 'refs' }, runOf());
  expect(done).toMatch(/^Nothing to do: git-refs hold everything that V1 holds\.\n/);
  const none = layoutMigrationText({ ...result, status: 'no-source' }, runOf());
  expect(none).toMatch(/^Nothing to migrate: there are no git-refs here\.\n/);
  expect(done).toMatch(/\nNext: ckpt verify --from v1 --to refs\n$/);
});
