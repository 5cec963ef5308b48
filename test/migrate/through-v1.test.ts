import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withOverrides } from '../../src/git/with-overrides.ts';
import { migrateThroughBranch } from '../../src/migrate/migrate.ts';
import { git, gitBytes } from '../fixtures/git.ts';
import { refOf } from '../fixtures/refs-reference.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { gitRefsOf, using } from './between/sources.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';

/** Brings V2 up to git-refs; gives the result, and how often the commit of A's ref was read. */
async function migrated(dir: string, dryRun = false) {
  let reads = 0;
  const commit = git(dir, 'rev-parse', refOf(A));
  const result = await using(dir, 'native', (repo) => {
    const counting = withOverrides(repo, {
      readObjects(ids) {
        reads += ids.filter((id) => id === commit).length;
        return repo.readObjects(ids);
      },
    });
    return migrateThroughBranch(counting, { from: 'refs', to: 'v2' }, { dryRun });
  });
  return { result, reads };
}

it('says the same of git-refs that have not moved, and reads them no more', async () => {
  const dir = await gitRefsOf([A, B]);
  const later = git(dir, 'rev-parse', refOf(B));
  git(dir, 'update-ref', '-d', refOf(B));
  expect((await migrated(dir)).result?.status).toBe('migrated');
  const remembered = await migrated(dir);
  const dry = await migrated(dir, true);
  rmSync(join(dir, 'ckpt', 'seen-refs-v2.json'));
  const read = await migrated(dir);
  expect(remembered.result).toEqual(read.result);
  expect(dry.result).toEqual({ ...read.result, dryRun: true });
  expect(read.result?.status).toBe('up-to-date');
  expect(read.reads).toBeGreaterThan(0);
  expect([remembered.reads, dry.reads]).toEqual([0, 0]);
  // What has moved since is looked at: a ref of the source, or one of V2.
  git(dir, 'update-ref', refOf(B), later);
  expect((await migrated(dir)).result?.refs.map(({ ref }) => ref)).toContain(MAIN);
  git(dir, 'update-ref', MAIN, `${MAIN}~1`);
  expect((await migrated(dir)).result?.refs.map(({ ref }) => ref)).toContain(MAIN);
});

it('makes the V1 again where git has deleted its commits', async () => {
  const dir = await gitRefsOf([A, B]);
  await migrated(dir);
  git(dir, 'gc', '--quiet', '--prune=now');
  expect((await migrated(dir)).result?.status).toBe('up-to-date');
});

it('moves nothing where git has deleted all commits of that V1 but the last', async () => {
  const dir = await gitRefsOf([A, B]);
  const made = (await migrated(dir)).result?.v1?.tip as string;
  git(dir, 'tag', 'keep', git(dir, 'commit-tree', '-m', 'kept', `${made}^{tree}`));
  const content = gitBytes(dir, ['cat-file', 'commit', made]);
  git(dir, 'gc', '--quiet', '--prune=now');
  expect(gitBytes(dir, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: content }).toString()).toBe(
    `${made}\n`,
  );
  expect((await migrated(dir)).result?.status).toBe('up-to-date');
});
