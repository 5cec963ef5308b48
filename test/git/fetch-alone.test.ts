import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { GitRepo } from './git-repo.ts';

test('a fetch of refs or of absent objects begins no maintenance, and writes no commit graph', async () => {
  const made = new GitRepo();
  const clone = join(made.root, 'clone');
  const trace = join(made.root, 'trace');
  made.git(['config', 'uploadpack.allowFilter', 'true']);
  made.git(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  made.setRef('refs/heads/main', made.commit('one'));
  made.git(['clone', '-q', '--bare', '--filter=blob:none', `file://${made.dir}`, clone]);
  for (const setting of ['gc.auto=1', 'gc.autoDetach=false', 'fetch.writeCommitGraph=true']) {
    made.git(['-C', clone, 'config', ...setting.split('=')]);
  }
  made.setRef('refs/heads/two', made.commit('two'));
  const env = { ...made.env, GIT_TRACE: trace };
  const repo = await openRepository({ dir: clone, env, engine: 'native', fetches: true });
  try {
    await repo.network().fetch('origin', ['refs/heads/*:refs/copies/*'], { isPruning: false });
    const [blob] = await repo.readObjects([made.git(['rev-parse', 'main:file']) as ObjectId]);
    expect(blob?.content.toString()).toBe('one');
    const told = readFileSync(trace, 'utf8');
    expect(told.match(/built-in: git fetch/g)).toHaveLength(2);
    expect(told).not.toMatch(/built-in: git (?:maintenance|gc)/);
    expect(
      readdirSync(join(clone, 'objects'), { recursive: true }).filter((name) => /graph/.test(String(name))),
    ).toEqual([]);
    expect(made.git(['-C', clone, 'rev-parse', 'refs/copies/two'])).toBe(made.git(['rev-parse', 'two']));
  } finally {
    await repo.close();
    made.remove();
  }
});

/** Seconds ago that a killed git left its lock; one that was just left is waited for. */
const AGES = [60, ...(IS_LONG ? [0] : [])];

test.each(AGES)(
  'a lock that a killed fetch left on a copy %i s ago goes with the next one, and no other does',
  async (age) => {
    const made = new GitRepo();
    const repo = await openRepository({ dir: made.dir, env: made.env, engine: 'native' });
    try {
      made.git(['init', '-q', '--bare', '../remote.git']);
      made.git(['config', 'remote.origin.url', '../remote.git']);
      made.git(['push', '-q', 'origin', ...['a', 'b'].map((name) => `${made.commit(name)}:refs/heads/${name}`)]);
      const lock = (ref: string) => {
        const path = `${made.gitPath(ref)}.lock`;
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, '');
        utimesSync(path, Date.now() / 1000 - age, Date.now() / 1000 - age);
        return path;
      };
      const fetch = () => repo.network().fetch('origin', ['+refs/heads/*:refs/ckpt/copies/*'], { isPruning: true });
      const [left, other] = [lock('refs/ckpt/copies/b'), lock('refs/heads/b')];
      await fetch();
      expect([left, other].map((path) => existsSync(path))).toEqual([false, true]);
      expect(made.refs().map((line) => line.split(' ')[1])).toEqual(['refs/ckpt/copies/a', 'refs/ckpt/copies/b']);
      made.git(['push', '-q', 'origin', ':refs/heads/a']);
      made.git(['pack-refs', '--all']);
      const packed = lock('packed-refs');
      await expect(fetch()).rejects.toThrow(/packed-refs/);
      expect(existsSync(packed)).toBe(true);
    } finally {
      await repo.close();
      made.remove();
    }
  },
);
