import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { LAYOUT_NAMES } from '../../../src/layout/layout-names.ts';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { migrateThroughBranch } from '../../../src/migrate/migrate.ts';
import { repair } from '../../../src/repair/repair.ts';
import { ckpt } from '../../commands/ckpt.ts';
import { cutShort, flipInPack, malform, malformedTree, removeObject } from '../../fixtures/damaged-objects.ts';
import { git, gitResult, refs } from '../../fixtures/git.ts';
import { V2_MAIN } from '../../fixtures/reference.ts';
import { refOf } from '../../fixtures/refs-reference.ts';
import { IS_LONG } from '../../fixtures/scale.ts';
import { A, B } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { replaceTip } from '../../verify/damage.ts';
import { BOTH_ENGINES, ENGINES } from '../support.ts';
import { gitRefsOf, migratePair, using } from './sources.ts';

/** A V1 with git-refs that were made of it, and git-refs with a V1 that was made of them. */
const good = join(tempDir('file'), 'good');
const madeOfRefs = join(tempDir('file'), 'made');

beforeAll(async () => {
  const v1 = new V1Builder();
  v1.init();
  v1.checkpoint(A, { sessions: [{}, {}] });
  v1.checkpoint(B);
  v1.write(good);
  await migratePair(good, 'v1', 'refs', 'native');
  cpSync(await gitRefsOf([A, B]), madeOfRefs, { recursive: true });
  await migratePair(madeOfRefs, 'refs', 'v1', 'native');
});

const TARGETS = [
  ['refs', 'v1', refOf(A), '^{tree}'],
  ['v1', 'refs', V1_REF, '^{tree}'],
  ['v1', 'refs', V1_REF, `:${A.slice(0, 2)}`],
] as const;
const DAMAGES = { gone: removeObject, 'cut short': cutShort, flipped: flipInPack, 'without a NUL': malform };

/** Each object in each way on each engine, or each once, in the next way on the next engine. */
const cases = TARGETS.flatMap(([to, from, ref, path], row) =>
  Object.entries(DAMAGES).flatMap(([how, damage], column) =>
    BOTH_ENGINES.filter((_, i) => IS_LONG || (row === column && row % BOTH_ENGINES.length === i)).map((engine) => ({
      from,
      to,
      ref,
      path,
      how,
      damage,
      engine,
    })),
  ),
);

test.each(cases)(
  '$to by $from, $ref $path $how: never "nothing to do" ($engine)',
  async ({ from, to, ref, path, damage, engine }) => {
    const dir = join(tempDir(), 'repo');
    cpSync(to === 'v1' ? madeOfRefs : good, dir, { recursive: true });
    const migrated = () => using(dir, engine, (repo) => migrateBetween(repo, { from, to }));
    expect(await migrated()).toMatchObject({ status: 'up-to-date', warnings: [] });
    damage(dir, git(dir, 'rev-parse', `${ref}${path}`));
    const said = new RegExp(
      `^${LAYOUT_NAMES[to]} can't be read \\(${ref.replace(/^refs\/(entire\/checkpoints|heads)\//, '')}\\)`,
    );
    expect(await migrated()).toMatchObject({ status: 'differs', refs: [], warnings: [expect.stringMatching(said)] });
    const before = refs(dir, 'refs/');
    const planned = await using(dir, engine, (repo) => repair(repo, { from, to, dryRun: true }));
    expect(planned).toMatchObject({ status: 'planned', isWhole: true, refs: [], left: [] });
    expect(gitResult(dir, ['fsck']).status).not.toBe(0);
    const done = await using(dir, engine, (repo) => repair(repo, { from, to }));
    expect(done).toMatchObject({ status: 'repaired', isWhole: true, refs: [], left: [] });
    expect(done.mended.length).toBeGreaterThan(0);
    expect(refs(dir, 'refs/')).toEqual(before);
    expect(gitResult(dir, ['rev-list', '--objects', '--all']).status).toBe(0);
    expect(await migrated()).toMatchObject({ status: 'up-to-date', warnings: [] });
  },
);

test('the program names the refs that can not be read, on stderr', () => {
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  removeObject(dir, git(dir, 'rev-parse', `${refOf(A)}^{tree}`));
  const { stdout, stderr } = ckpt(['migrate', '--to', 'refs', '--repo', dir]);
  expect(stdout).toContain("Nothing to add from V1, but git-refs can't be read as a whole.");
  expect(stderr).toContain(`git-refs can't be read (${refOf(A).slice('refs/entire/checkpoints/'.length)})`);
});

test.each(ENGINES)('V2 by git-refs, whose note says that nothing has moved (%s)', async (engine) => {
  const dir = await gitRefsOf([A, B]);
  const migrated = () => using(dir, engine, (repo) => migrateThroughBranch(repo, { from: 'refs', to: 'v2' }, {}));
  await migrated();
  expect(await migrated()).toMatchObject({ status: 'up-to-date', warnings: [] });
  removeObject(dir, git(dir, 'rev-parse', `${V2_MAIN}^{tree}`));
  const warnings = [expect.stringMatching(/^V2 can't be read \(main\)/)];
  expect(await migrated()).toMatchObject({ status: 'differs', warnings });
});

describe.each(ENGINES)('a root tree that somebody made and that is none (%s)', (engine) => {
  const spoiled = (ref: string) => {
    const dir = join(tempDir(), 'repo');
    cpSync(good, dir, { recursive: true });
    replaceTip(dir, ref, (commit) => ({ ...commit, tree: malformedTree(dir) }));
    return dir;
  };

  test('of git-refs: V1 gives the checkpoint again, also beside another that is gone', async () => {
    const dir = spoiled(refOf(A));
    git(dir, 'update-ref', '-d', refOf(B));
    const done = await using(dir, engine, (repo) => repair(repo, { from: 'v1', to: 'refs' }));
    expect(done).toMatchObject({ status: 'repaired', isWhole: true });
    expect(refs(dir)[refOf(B)]).toBe(refs(good)[refOf(B)]);
  });

  test('of V1: nothing moves, and what verify found is left', async () => {
    const dir = spoiled(V1_REF);
    const before = refs(dir, 'refs/');
    const done = await using(dir, engine, (repo) => repair(repo, { from: 'refs', to: 'v1' }));
    expect(done).toMatchObject({ status: 'nothing-mended', isWhole: false });
    expect(done.left.map(({ finding }) => finding.code)).toEqual(['LAYOUT_UNREADABLE']);
    expect(refs(dir, 'refs/')).toEqual(before);
  });
});
