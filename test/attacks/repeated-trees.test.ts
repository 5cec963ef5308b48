import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCommitChanges } from '../../src/commits/commit-changes.ts';
import { mergeFolder } from '../../src/compare/merge-entries.ts';
import { toObjectId } from '../../src/git/object-id.ts';
import { ObjectOverlay } from '../../src/git/object-overlay.ts';
import { openRepository } from '../../src/git/open.ts';
import { PathBudget } from '../../src/git/path-budget.ts';
import { CKPT, ckpt } from '../commands/ckpt.ts';
import { cleanEnvironment, git, initRepository } from '../fixtures/git.ts';
import { BOTH_ENGINES, IS_LONG, share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { plant, replant, selfSimilarTree, smallBlob, V1 } from './plant.ts';

const FOLDER = '1b/a10412649a';
/** Long enough for any machine, and nothing beside the years that these trees would take. */
const LONGEST = 120_000;

describe('a tree that contains itself many times over', () => {
  let dir = '';

  beforeAll(() => {
    const temp = tempDir('file');
    dir = initRepository({ dir: join(temp, 'repo') });
    ckpt(['sample', join(temp, 'sample')]);
    git(dir, 'fetch', '-q', join(temp, 'sample'), `${V1}:${V1}`);
    const tree = selfSimilarTree(dir, [`100644 blob ${smallBlob(dir)}\tf`]);
    for (const path of [`${FOLDER}/0/planted`, `${FOLDER}/planted`, `${FOLDER}/tasks`, 'planted'])
      plant(dir, path, tree);
  });

  const commands: Array<[command: string, code: number, says?: RegExp]> = [
    ['status', 0],
    ['list', 0],
    ['show 1ba10412649a', 0],
    ['migrate', 0],
    ['status', 0],
    ['verify', 0],
    ['repair', 0],
    ['verify --deep', 1, /TOO_MANY_PATHS.*\n.*too many paths/],
    ['diff 1ba10412649a --from v1 --to v2', 0],
    ['migrate --to refs', 0],
    ['verify --from v1 --to refs', 0],
  ];

  // In this order: some write what later ones read.
  test.each(commands)('ckpt %s ends', (command, code, says = /(?:)/) => {
    for (const engine of IS_LONG ? BOTH_ENGINES : BOTH_ENGINES.slice(command.length % 2).slice(0, 1)) {
      const run = spawnSync(
        process.execPath,
        ['--max-old-space-size=400', CKPT, ...command.split(' '), '--engine', engine],
        {
          cwd: dir,
          env: cleanEnvironment(),
          encoding: 'utf8',
          timeout: LONGEST,
          killSignal: 'SIGKILL',
        },
      );
      expect({ code: run.status, stderr: run.stderr }).toMatchObject({ code });
      expect(run.stdout + run.stderr).toMatch(says);
    }
  });
});

describe('two such trees that differ', () => {
  const MAIN = 'refs/entire/checkpoints/v2/main';
  const REF = 'refs/entire/checkpoints/9a/1ba10412649a';
  const made = (command: string) => ckpt([...command.split(' '), '--repo', dir, '--json']);
  let dir = '';
  let good = { v1: '', main: '', ref: '' };
  const trees = () => ({
    v1: git(dir, 'rev-parse', `${V1}^{tree}`),
    main: git(dir, 'rev-parse', `${MAIN}^{tree}`),
    ref: git(dir, 'rev-parse', `${REF}^{tree}`),
  });
  let other = '';

  beforeEach(() => {
    dir = join(tempDir(), 'repo');
    ckpt(['sample', dir]);
    plant(dir, `${FOLDER}/0/planted`, selfSimilarTree(dir, [`100644 blob ${smallBlob(dir)}\tf`]));
    other = selfSimilarTree(dir, [`100644 blob ${smallBlob(dir, 'y')}\tf`]);
    expect([made('migrate').code, made('migrate --to refs').code]).toEqual([0, 0]);
    good = trees();
  });

  const damages: Array<[name: string, pair: string, damage: () => void]> = [
    ['in a V2 of our own', '--from v1 --to v2', () => replant(dir, `${FOLDER}/0/planted`, other, MAIN)],
    ['in a V2 of another writer', '--from v1 --to v2', () => plant(dir, `${FOLDER}/0/planted`, other, MAIN)],
    ['in a git-ref of our own', '--from v1 --to refs', () => replant(dir, '0/planted', other, REF)],
    ['in V1', '--from refs --to v1', () => plant(dir, `${FOLDER}/0/planted`, other)],
  ];

  test.each(share(damages, 5))('are findings, and mended: %s', (_, pair, damage) => {
    damage();
    const found = made(`verify ${pair}`);
    const { findings } = JSON.parse(found.stdout);
    const errors = findings.filter((one: { severity: string }) => one.severity === 'error');
    expect(found.code).toBe(1);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThan(200);
    expect(new Set(errors.map((one: { checkpoint: string }) => one.checkpoint))).toContain('1ba10412649a');
    expect(JSON.parse(made(`diff 1ba10412649a ${pair}`).stdout)).toMatchObject({ error: { code: 'TOO_MANY_PATHS' } });
    expect(made(`repair ${pair}`).code).toBe(0);
    expect(made(`verify ${pair}`).code).toBe(0);
    expect(trees()).toEqual(good);
  });
});

describe('the bound of paths', () => {
  const id = (n: number) => toObjectId(n.toString(16).padStart(40, '0'));

  test('takes every tree once, however large', () => {
    const budget = new PathBudget();
    for (let n = 0; n < 100; n++) expect(budget.take(id(n), 'folder', 100_000)).toBe(true);
  });

  test('takes trees that several layouts share', () => {
    const budget = new PathBudget();
    for (let layout = 0; layout < 4; layout++)
      for (let n = 0; n < 1000; n++) expect(budget.take(id(n), 'folder', 20)).toBe(true);
  });

  test('refuses what is met again and again, and paths that nobody can open', () => {
    const budget = new PathBudget();
    let paths = 0;
    while (budget.take(id(1), 'folder', 10)) paths += 10;
    expect(paths).toBe(20_000);
    expect(budget.take(id(2), 'folder', 10)).toBe(true);
    expect(budget.take(id(3), 'a/'.repeat(5000), 1)).toBe(false);
  });
});

test('a commit of folders without a file in them, which contain themselves, is listed and cut', async () => {
  const dir = initRepository({ dir: join(tempDir(), 'repo') });
  const tree = selfSimilarTree(dir, []);
  const commit = toObjectId(git(dir, 'commit-tree', '-m', 'Nothing, many times', tree));
  const repo = await openRepository({ dir, engine: 'native', env: cleanEnvironment() });
  expect(await readCommitChanges(repo, commit)).toMatchObject({ files: [], isCut: true });
  await repo.close();
});

test.each(BOTH_ENGINES.slice(0, 1))('two such trees are merged, each pair of folders once (%s)', async (engine) => {
  const dir = initRepository({ dir: join(tempDir(), 'repo') });
  const [ours, theirs] = [smallBlob(dir), git(dir, 'hash-object', '-w', '-t', 'tree', '/dev/null')].map((id, i) =>
    selfSimilarTree(dir, i === 0 ? [`100644 blob ${id}\tf`] : [`040000 tree ${id}\tf`]),
  ) as [string, string];
  const repo = await openRepository({ dir, engine, env: cleanEnvironment() });
  try {
    const merged = await mergeFolder(new ObjectOverlay(repo), toObjectId(theirs), toObjectId(ours), undefined);
    expect(merged.id).toBe(theirs);
    expect(merged.kept).toBeGreaterThan(0);
  } finally {
    await repo.close();
  }
});
