import { describe, expect, it } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { MigrateResult } from '../../src/migrate/migrate-result.ts';
import { migrateText } from '../../src/ui/migrate-text.ts';
import { runOf } from './run.ts';

const OLD = 'a'.repeat(40) as ObjectId;
const NEW = 'b'.repeat(40) as ObjectId;

const MIGRATED: MigrateResult = {
  status: 'migrated',
  mode: 'first',
  v1: { ref: 'refs/heads/entire/checkpoints/v1', tip: OLD },
  refs: [
    { ref: 'refs/entire/checkpoints/v2/main', old: null, new: NEW },
    { ref: 'refs/entire/checkpoints/v2/full/current', old: OLD, new: NEW },
  ],
  counts: {
    commits: 6400,
    checkpoints: 3000,
    sessions: 4120,
    generations: 29,
    changedGenerations: 29,
    currentCheckpoints: 100,
  },
  oddities: [
    {
      code: 'V1_SESSION_GAP',
      description: 'session numbers with gaps',
      count: 1034,
      checkpoints: ['0123456789ab'],
    },
  ],
  backup: null,
  warnings: [],
  dryRun: false,
};

describe('migrateText', () => {
  it('says what was done, how much, what was odd, how long it took, and what is next', () => {
    expect(
      migrateText(MIGRATED, runOf('migrate')),
    ).toBe(`Migrated refs/heads/entire/checkpoints/v1: 3,000 checkpoints, 4,120 sessions.

  6,400 commits projected
  29 archived generations (29 written in this run)
  100 checkpoints in full/current

Refs moved:
  refs/entire/checkpoints/v2/main          bbbbbbbbbb  new
  refs/entire/checkpoints/v2/full/current  bbbbbbbbbb  was aaaaaaaaaa

Odd in V1 (notes, carried over unchanged; --json names the checkpoints):
    1,034  session numbers with gaps

Took 120 ms with native.
Next: ckpt verify
`);
  });

  it('says of a dry run that nothing was written', () => {
    const text = migrateText(
      { ...MIGRATED, status: 'planned', mode: 'incremental', dryRun: true },
      runOf('migrate', '--dry-run', '--rebuild', '-C', 'a b'),
    );
    expect(text).toMatch(/^Dry run, nothing was written\. .*, added to the V2 of an earlier run\.\n/);
    expect(text).toContain('Refs that would be moved:');
    expect(text).toMatch(/\nNext: ckpt migrate --rebuild -C 'a b'\n$/);
  });

  it("does not call checkpoints of another writer's V2 added that were there with gaps", () => {
    expect(migrateText({ ...MIGRATED, mode: 'foreign' }, runOf('migrate'))).toMatch(
      /^Migrated [^\n]+ sessions, new or completed in a V2 that another tool wrote\.\n/,
    );
  });

  it('names the repository in the next command where the user did', () => {
    expect(migrateText(MIGRATED, runOf('migrate', '--rebuild', '--repo', '../project'))).toMatch(
      /\nNext: ckpt verify --repo \.\.\/project\n$/,
    );
  });

  it('names it too in the command that makes V1 of another layout', () => {
    const text = migrateText(
      { ...MIGRATED, status: 'no-v1', mode: null, refs: [], oddities: [], here: ['refs'] },
      runOf('migrate', '-C', 'a b'),
    );
    expect(text).toContain("To make V1 of them: ckpt migrate --from refs --to v1 -C 'a b'\n");
  });

  it.each([
    ['up-to-date', 'Nothing to do: V2 has every commit and checkpoint of refs/heads/entire/checkpoints/v1.'],
    ['v2-ahead', 'Nothing was migrated: V2 is ahead of refs/heads/entire/checkpoints/v1;'],
    ['no-v1', 'Nothing to migrate: there is no V1 branch here.'],
  ] as const)('%s', (status, beginning) => {
    const text = migrateText({ ...MIGRATED, status, mode: null, refs: [], oddities: [] }, runOf('migrate'));
    expect(text.startsWith(beginning)).toBe(true);
    expect(text).not.toContain('projected');
  });

  it.each([
    ['up-to-date', null, ['ckpt verify']],
    ['differs', 'incremental', ['ckpt verify', 'ckpt repair']],
    ['differs', 'foreign', ['ckpt repair']],
    ['v2-ahead', null, ['ckpt fetch', 'ckpt migrate --from v2 --to v1']],
  ] as const)('%s names commands for the repository that was named (mode %s)', (status, mode, commands) => {
    const text = migrateText({ ...MIGRATED, status, mode, refs: [], oddities: [] }, runOf('migrate', '-C', 'a b'));
    expect([...text.matchAll(/`(.*?)`/g)].map(([, command]) => command)).toEqual(
      commands.map((command) => `${command} -C 'a b'`),
    );
  });

  it('names where a rebuild keeps the old refs, in words that hold for a dry run too, and lets no control character through', () => {
    const result: MigrateResult = {
      ...MIGRATED,
      mode: 'rebuild',
      backup: 'refs/ckpt/backup/2025/',
      v1: { ref: 'refs/heads/\u001b[2Jx', tip: OLD },
    };
    const text = migrateText(result, runOf('migrate'));
    expect(text).toContain('Copies of the refs that this replaces: refs/ckpt/backup/2025/');
    expect(text).toContain('Migrated refs/heads/\\x1b[2Jx: ');
  });

  it('lists the first and the last of many refs, and counts the others', () => {
    const refs = Array.from({ length: 63 }, (_, index) => ({ ref: `refs/x/${index}`, old: null, new: NEW }));
    const listed = migrateText({ ...MIGRATED, refs }, runOf('migrate')).match(/refs\/x\/\d+|and \d+ more/g);
    expect(listed).toEqual([
      ...['refs/x/0', 'refs/x/1', 'refs/x/2', 'refs/x/3', 'and 55 more'],
      ...['refs/x/59', 'refs/x/60', 'refs/x/61', 'refs/x/62'],
    ]);
    expect(migrateText({ ...MIGRATED, refs: refs.slice(0, 12) }, runOf('migrate'))).not.toContain('more between');
  });
});
