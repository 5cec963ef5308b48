import { describe, expect, test } from 'vitest';
import type { EngineName } from '../../../src/git/repository.ts';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { migrate } from '../../../src/migrate/migrate.ts';
import { madeBranch } from '../../../src/project/between/plan-between.ts';
import { FAITHFUL } from '../../fixtures/foreign-v2.ts';
import { git } from '../../fixtures/git.ts';
import { V1_REF } from '../../fixtures/v1-builder.ts';
import { foreignRepository, X } from '../../verify/foreign-v2.ts';
import { ENGINES, listing, withRepository } from '../support.ts';

const toRefs = (dir: string, engine: EngineName, dryRun: boolean) =>
  withRepository(dir, engine, (repo) => migrateBetween(repo, { from: 'v2', to: 'refs', dryRun }));

const toV2 = (dir: string, engine: EngineName, dryRun: boolean) =>
  withRepository(dir, engine, async (repo) => {
    const made = await madeBranch(repo, 'refs', dryRun);
    return migrate(made?.repo ?? repo, { source: made?.v1, dryRun });
  });

describe.each(ENGINES)('a dry run by way of V1, %s', (engine) => {
  test('says which ids refs and V2 would get, and writes nothing', async () => {
    const { dir } = foreignRepository({ ...FAITHFUL, extra: [X] });
    git(dir, 'update-ref', '-d', V1_REF);
    for (const run of [toRefs, toV2]) {
      if (run === toV2) {
        for (const name of git(dir, 'for-each-ref', '--format=%(refname)', 'refs/entire/checkpoints/v2').split('\n'))
          git(dir, 'update-ref', '-d', name);
      }
      const before = listing(dir);
      const planned = await run(dir, engine, true);
      expect(planned.status).toBe('planned');
      expect(planned.refs.length).toBeGreaterThan(1);
      expect(listing(dir)).toEqual(before);
      const done = await run(dir, engine, false);
      expect(done.status).toBe('migrated');
      expect(done.refs).toEqual(planned.refs);
      expect(await run(dir, engine, true)).toMatchObject({ status: 'up-to-date', refs: [] });
    }
    expect(git(dir, 'fsck', '--connectivity-only', '--no-dangling')).toBe('');
  });
});
