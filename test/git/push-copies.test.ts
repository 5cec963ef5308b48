import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Network } from '../../src/git/network.ts';
import { openRepository } from '../../src/git/open.ts';
import { hasReftable } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { GitRepo } from './git-repo.ts';

const formats = ['files', ...(hasReftable(tempDir('file')) ? ['reftable'] : [])];

describe.each(formats)('the copies of what is pushed, in %s', (format) => {
  /** Works in a clone of an empty remote; returns its copies, and what its hook was told of transactions. */
  async function copiesAfter(refspecs: readonly string[], work: (network: Network, made: GitRepo) => Promise<unknown>) {
    const made = new GitRepo(format === 'files' ? [] : ['--ref-format=reftable']);
    const repo = await openRepository({ dir: made.dir, env: made.env, engine: 'native' });
    try {
      made.git(['init', '-q', '--bare', '../remote.git']);
      made.git(['config', 'remote.origin.url', '../remote.git']);
      for (const one of refspecs) made.git(['config', '--add', 'remote.origin.fetch', one]);
      mkdirSync(made.gitPath('hooks'), { recursive: true });
      const log = join(made.root, 'log');
      const script = `#!/bin/sh\n[ "$1" != committed ] || { echo committed; cut -d' ' -f3; } >> '${log}'\n`;
      writeFileSync(log, '');
      writeFileSync(made.gitPath('hooks/reference-transaction'), script, { mode: 0o755 });
      await work(repo.network(), made);
      const told = readFileSync(log, 'utf8').trim().split('\n');
      return { copies: made.refs().map((line) => line.replace(/^\S+ /, '')), told };
    } finally {
      await repo.close();
      made.remove();
    }
  }

  const [A, B] = ['refs/heads/a', 'refs/heads/b'];
  const pushBoth = async (network: Network, made: GitRepo, isForward = false) => {
    const [one, two] = [made.commit('one'), made.commit('two')];
    const updates = [
      { ref: A, old: null, new: one },
      { ref: B, old: null, new: two },
    ];
    return isForward ? network.pushForward('origin', updates) : network.push('origin', updates, { isAtomic: true });
  };

  test.each([false, true])('move in one transaction (pushForward: %s)', async (isForward) => {
    const after = await copiesAfter(['+refs/heads/*:refs/remotes/origin/*'], (network, made) =>
      pushBoth(network, made, isForward),
    );
    const both = ['refs/remotes/origin/a', 'refs/remotes/origin/b'];
    expect(after).toEqual({ copies: both, told: ['committed', ...both] });
  });

  test('are those that the refspecs say', async () => {
    const refspecs = ['+refs/heads/a:refs/copy', '^refs/heads/b', 'refs/heads/*:refs/x/*/y', 'refs/heads/b'];
    const { copies } = await copiesAfter(refspecs, pushBoth);
    expect(copies).toEqual(['refs/copy', 'refs/x/a/y']);
  });

  test('are none in a mirror: what was written meanwhile stays', async () => {
    const { copies } = await copiesAfter(['+refs/*:refs/*'], async (network, made) => {
      made.git(['config', 'remote.origin.mirror', 'true']);
      const later = made.commit('later');
      made.setRef(A, later);
      await pushBoth(network, made);
      expect(made.git(['rev-parse', A])).toBe(later);
    });
    expect(copies).toEqual([A]);
  });

  test('are left to us behind the settings of the environment, which count', async () => {
    const { copies } = await copiesAfter(['+refs/heads/*:refs/remotes/origin/*'], async (_, made) => {
      made.git(['config', 'remote.origin.url', 'the-host:remote.git']);
      const own = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'url.../.insteadOf', GIT_CONFIG_VALUE_0: 'the-host:' };
      const env = { ...made.env, ...own };
      const repo = await openRepository({ dir: made.dir, env, engine: 'native' });
      await pushBoth(repo.network(), made);
      await repo.close();
    });
    expect(copies).toEqual(['refs/remotes/origin/a', 'refs/remotes/origin/b']);
  });

  test('go with what is deleted there', async () => {
    const { copies } = await copiesAfter(['+refs/heads/*:refs/remotes/origin/*'], async (network, made) => {
      await pushBoth(network, made);
      await network.delete('origin', [{ ref: A, old: made.commit('one') }]);
    });
    expect(copies).toEqual(['refs/remotes/origin/b']);
  });

  test('stay where the remote refuses, and where they are locked the push is one all the same', async () => {
    const { copies } = await copiesAfter(['+refs/heads/*:refs/remotes/origin/*'], async (network, made) => {
      await pushBoth(network, made);
      const [one, three] = [made.commit('one'), made.commit('three')];
      const stale = { ref: A, old: three, new: made.commit('four') };
      expect(await network.push('origin', [stale], { isAtomic: false })).toMatchObject([{ outcome: 'moved' }]);
      expect(made.git(['rev-parse', 'refs/remotes/origin/a'])).toBe(one);
      const lock = format === 'files' ? 'refs/remotes/origin/a.lock' : 'reftable/tables.list.lock';
      mkdirSync(join(made.gitPath(lock), '..'), { recursive: true });
      writeFileSync(made.gitPath(lock), '');
      const update = { ref: A, old: one, new: three };
      const [pushed] = await network.push('origin', [{ ...update, old: one, new: made.commit('three', [one]) }], {
        isAtomic: false,
      });
      expect(pushed).toMatchObject({ ref: update.ref, outcome: 'pushed' });
    });
    expect(copies).toEqual(['refs/remotes/origin/a', 'refs/remotes/origin/b']);
  });
});
