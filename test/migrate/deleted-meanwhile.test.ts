import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withOverrides } from '../../src/git/with-overrides.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { ckpt } from '../commands/ckpt.ts';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { BOTH_ENGINES, expectConsistent, v2State, withRepository } from './support.ts';

// As a client does that is told to delete all that it has made (`entire clean --all`), right before the refs of a run move.
it.each(BOTH_ENGINES)(
  'V2 that somebody deletes while a run makes more of it is made again whole (%s)',
  async (engine) => {
    const dir = join(tempDir(), 'sample');
    ckpt(['sample', dir]);
    ckpt(['migrate'], { cwd: dir });
    git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-m', 'More', '-p', V1_REF, `${V1_REF}^{tree}`));
    let deletions = 0;
    const result = await withRepository(dir, engine, (repo) => {
      const beside = withOverrides(repo, {
        async updateRefs(updates, message) {
          if (deletions++ === 0) for (const ref of Object.keys(v2State(dir))) git(dir, 'update-ref', '-d', ref);
          await repo.updateRefs(updates, message);
        },
      });
      return migrate(beside, {});
    });
    expect(result.status).toBe('migrated');
    expect(deletions).toBe(2);
    await expectConsistent(dir);
  },
);
