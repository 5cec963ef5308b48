import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
    await repo.network().fetch('origin', ['refs/heads/*:refs/copies/*'], { copies: [] });
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
      const fetch = async () => {
        const copies = await repo.listRefs('refs/ckpt/copies/');
        await repo.network().fetch('origin', ['+refs/heads/*:refs/ckpt/copies/*'], { copies });
      };
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

describe('copies of refs that the remote has no more', () => {
  let here: GitRepo;
  let there: GitRepo;
  beforeEach(() => {
    [here, there] = [new GitRepo(), new GitRepo()];
    here.git(['config', 'remote.origin.url', there.dir]);
  });
  afterEach(() => {
    for (const made of [here, there]) made.remove();
  });

  /** Fetches; `script` runs in this repository before git learns what the remote has, `after` when it is done with it. */
  async function fetch(script = ':', after = ':', isPruning = true): Promise<string[]> {
    const wrapper = join(here.root, 'upload-pack');
    const lines = ['#!/bin/sh', 'unset GIT_DIR', `cd '${here.dir}'`, script, 'git upload-pack "$@"', after];
    writeFileSync(wrapper, `${lines.join('\n')}\n`, { mode: 0o755 });
    here.git(['config', 'remote.origin.uploadpack', wrapper]);
    const repo = await openRepository({ dir: here.dir, env: here.env, engine: 'native' });
    try {
      const copies = isPruning ? await repo.listRefs() : [];
      await repo.network().fetch('origin', ['+refs/heads/*:refs/copies/*', '^refs/heads/left'], { copies });
      return (await repo.listRefs('refs/copies/')).map(({ name }) => name.slice('refs/copies/'.length));
    } finally {
      await repo.close();
    }
  }

  /** The branches that the remote has from now on. */
  function has(...names: string[]): void {
    for (const line of there.refs()) there.git(['update-ref', '-d', line.split(' ')[1] ?? '']);
    for (const name of names) there.setRef(`refs/heads/${name}`, there.commit(name));
  }

  test('go when git is done: it takes no lock of packed-refs', async () => {
    has('a', 'b', 'c');
    expect(await fetch()).toEqual(['a', 'b', 'c']);
    here.git(['pack-refs', '--all']);
    has('b', 'd', 'left');
    expect(await fetch('touch .git/packed-refs.lock', 'rm .git/packed-refs.lock')).toEqual(['b', 'd']);
    has();
    expect(await fetch()).toEqual([]);
  });

  test('stay where they are not to go', async () => {
    has('a', 'b');
    await fetch();
    has('b');
    expect(await fetch(':', ':', false)).toEqual(['a', 'b']);
  });

  test.each([
    [
      ['a', 'c'],
      ['a/under', 'b'],
    ],
    [
      ['a/under', 'a/and/under', 'c'],
      ['a', 'b'],
    ],
  ])('make room for new ones: %j, then %j', async (before, after) => {
    for (const packs of [true, false]) {
      has(...before);
      expect(await fetch()).toEqual([...before].sort());
      if (packs) here.git(['pack-refs', '--all']);
      has(...after);
      expect(await fetch()).toEqual(after);
    }
  });

  test('are not those that another fetch makes meanwhile', async () => {
    has('a', 'b');
    await fetch();
    has('b');
    expect(await fetch(`git update-ref refs/copies/new ${here.commit('own')}`)).toEqual(['b', 'new']);
  });

  test('are looked at again where another fetch moves one meanwhile', async () => {
    has('a', 'b');
    await fetch();
    has('b');
    const move = `[ -e .git/done ] || git update-ref refs/copies/a ${here.commit('own')}; touch .git/done`;
    expect(await fetch(`${move}; echo asked >> .git/asked`)).toEqual(['b']);
    expect(readFileSync(here.gitPath('asked'), 'utf8')).toBe('asked\nasked\n');
  });

  test('are not those that it has and git refuses', async () => {
    has('a', 'b');
    const before = await fetch();
    const tip = there.commit('two', [there.commit('one')]);
    there.setRef('refs/heads/a', tip);
    writeFileSync(there.gitPath('shallow'), `${tip}\n`);
    expect(await fetch()).toEqual(before);
    expect(here.git(['log', '--format=%s', 'refs/copies/a'])).toBe('a');
  });

  test('do not go where the fetch fails', async () => {
    has('a', 'b');
    await fetch();
    await expect(fetch('exit 1')).rejects.toThrow(/origin/);
    expect(here.refs()).toHaveLength(2);
  });
});
