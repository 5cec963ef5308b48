import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { toObjectId } from '../../src/git/object-id.ts';
import { PathBudget } from '../../src/git/path-budget.ts';
import { CKPT, ckpt } from '../commands/ckpt.ts';
import { cleanEnvironment, git, gitBytes, initRepository } from '../fixtures/git.ts';
import { BOTH_ENGINES, IS_LONG } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';

const V1 = 'refs/heads/entire/checkpoints/v1';
const FOLDER = '1b/a10412649a';
/** Long enough for any machine, and nothing beside the years that these trees would take. */
const LONGEST = 120_000;

/** Puts a tree that leads to 10^10 paths, of eleven objects, at a path of V1's tip. */
function plant(dir: string, path: string): void {
  const mktree = (text: string) =>
    gitBytes(dir, ['mktree'], { input: Buffer.from(text) })
      .toString()
      .trim();
  const blob = gitBytes(dir, ['hash-object', '-w', '--stdin'], { input: Buffer.from('x') })
    .toString()
    .trim();
  let tree = mktree(`100644 blob ${blob}\tf\n`);
  for (let level = 0; level < 10; level++)
    tree = mktree([...'abcdefghij'].map((name) => `040000 tree ${tree}\t${name}\n`).join(''));
  const names = path.split('/');
  for (let depth = names.length - 1; depth >= 0; depth--) {
    const above = git(dir, 'ls-tree', `${V1}:${names.slice(0, depth).join('/')}`);
    const others = above.split('\n').filter((line) => !line.endsWith(`\t${names[depth]}`));
    tree = mktree([...others, `040000 tree ${tree}\t${names[depth]}`, ''].join('\n'));
  }
  git(dir, 'update-ref', V1, git(dir, 'commit-tree', '-m', 'Planted', '-p', V1, tree));
}

describe('a tree that contains itself many times over', () => {
  let dir = '';

  beforeAll(() => {
    const temp = tempDir('file');
    dir = initRepository({ dir: join(temp, 'repo') });
    ckpt(['sample', join(temp, 'sample')]);
    git(dir, 'fetch', '-q', join(temp, 'sample'), `${V1}:${V1}`);
    for (const path of [`${FOLDER}/0/planted`, `${FOLDER}/planted`, 'planted']) plant(dir, path);
  });

  const commands: Array<[command: string, code: number, says?: RegExp]> = [
    ['status', 0],
    ['list', 0],
    ['show 1ba10412649a', 0],
    ['migrate', 0],
    ['verify', 0],
    ['repair', 0],
    ['verify --deep', 1, /OBJECT_DAMAGED.*\n.*too many paths/],
    ['diff 1ba10412649a --from v1 --to v2', 1, /too many paths/],
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
