import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bareClone } from '../../src/git/native/bare-clone.ts';
import { GitRepo } from './git-repo.ts';

let there: GitRepo;
beforeEach(() => {
  there = new GitRepo();
  for (const name of ['main', 'gone']) there.setRef(`refs/heads/${name}`, there.commit(name));
});
afterEach(() => there.remove());

test('locks that a killed fetch has left in the clone of a fleet go with the next one', async () => {
  const dir = join(there.root, 'clone');
  const clone = () => bareClone({ url: there.dir, dir, without: [], env: there.env });
  await clone();
  there.git(['-C', dir, 'pack-refs', '--all']);
  there.git(['update-ref', '-d', 'refs/heads/gone']);
  there.setRef('refs/heads/main', there.commit('next'));
  const locks = ['packed-refs', 'refs/heads/main', 'HEAD'].map((name) => join(dir, `${name}.lock`));
  for (const lock of locks) {
    writeFileSync(lock, '');
    utimesSync(lock, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
  }
  await clone();
  expect(locks.filter((lock) => existsSync(lock))).toEqual([]);
  expect(there.git(['-C', dir, 'for-each-ref', '--format=%(objectname) %(refname)'])).toBe(there.refs().join('\n'));
});
