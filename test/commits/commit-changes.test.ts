import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { readCommitChanges } from '../../src/commits/commit-changes.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ENGINES } from '../migrate/support.ts';

const dir = tempDir('file');
const write = (path: string, text: string) => writeFileSync(join(dir, path), text);
const commit = (message: string) => {
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--allow-empty', '-m', message);
};

/*
 *   root ── changes ── kinds ── merge ── empty   main
 *      \                        /
 *       `───── side ───────────'
 */
beforeAll(() => {
  initRepository({ dir });
  mkdirSync(join(dir, 'src/deep'), { recursive: true });
  for (const path of ['a', 'src/b', 'src/deep/c', 'src/deep/ü', 'src-x', 'gone']) write(path, path);
  commit('Root');
  git(dir, 'branch', 'side');
  for (const path of ['src/b', 'src/deep/ü', 'new']) write(path, 'other');
  rmSync(join(dir, 'gone'));
  commit('Changes\n\nWith a second paragraph.');
  rmSync(join(dir, 'a'));
  mkdirSync(join(dir, 'a'));
  write('a/inside', 'a file became a folder');
  rmSync(join(dir, 'src/deep'), { recursive: true });
  write('src/deep', 'a folder became a file');
  rmSync(join(dir, 'new'));
  symlinkSync('src-x', join(dir, 'new'));
  commit('Kinds');
  git(dir, 'checkout', '--quiet', 'side');
  write('beside', 'beside');
  commit('Side');
  git(dir, 'checkout', '--quiet', '-');
  git(dir, 'merge', '--quiet', '--no-ff', '-m', 'Merge', 'side');
  commit('Empty');
});

it.each(ENGINES)('says of every commit what git says (%s)', async (engine) => {
  const repo = await openRepository({ dir, engine });
  const ids = git(dir, 'rev-list', 'HEAD').split('\n') as ObjectId[];
  expect(ids).toHaveLength(6);
  for (const id of ids) {
    const show = ['-c', 'core.quotePath=false', 'show', '--no-renames', '--first-parent', '--format=', '--name-status'];
    const expected = git(dir, ...show, id)
      .split('\n')
      .filter(Boolean)
      .sort();
    const found = await readCommitChanges(repo, id);
    expect(found?.files?.map(({ status, path }) => `${status}\t${path}`).sort()).toEqual(expected);
    expect(found?.message).toBe(git(dir, 'show', '--no-patch', '--format=%B', id).trim());
  }
  await repo.close();
});

it('says where the commit before is not here, and where the commit is not', async () => {
  const shallow = tempDir();
  git(shallow, 'clone', '--quiet', '--depth', '1', `file://${dir}`, 'clone');
  const repo = await openRepository({ dir: join(shallow, 'clone'), engine: 'native' });
  const head = git(dir, 'rev-parse', 'HEAD') as ObjectId;
  expect(await readCommitChanges(repo, head)).toMatchObject({ message: 'Empty', files: null });
  expect(await readCommitChanges(repo, git(dir, 'rev-parse', 'HEAD~2') as ObjectId)).toBeUndefined();
  await repo.close();
});
