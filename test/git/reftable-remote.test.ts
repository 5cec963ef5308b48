import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { fetchAside } from '../../src/git/native/fetch-aside.ts';
import { openRepository } from '../../src/git/open.ts';
import type { Repository } from '../../src/git/repository.ts';
import { hasReftable, removeDir } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { GitRepo } from './git-repo.ts';

const SPEC = '+refs/heads/*:refs/copies/*';

// What a kill leaves is tried by `npm run stress:kills`.
describe.skipIf(!hasReftable(tempDir('file')))('a fetch into a reftable', () => {
  let there: GitRepo;
  let here: GitRepo;
  beforeEach(() => {
    there = new GitRepo();
    here = new GitRepo(['--ref-format=reftable']);
    here.git(['remote', 'add', 'origin', there.dir]);
  });
  afterEach(() => {
    for (const made of [there, here]) made.remove();
  });

  /** Does it in a repository, of which nothing is left but what is in it; returns its refs. */
  async function inRepository(dir: string, work: (repo: Repository) => Promise<void>): Promise<string[]> {
    const repo = await openRepository({ dir, env: here.env, engine: 'native' });
    try {
      await work(repo);
      const files = readdirSync(repo.commonDir, { recursive: true }).map(String);
      expect(files.filter((name) => /\.(?:lock|keep)$|\btmp_|^ckpt\/locks\/./.test(name))).toEqual([]);
      here.git(['-C', dir, 'fsck', '--strict', '--connectivity-only']);
      return (await repo.listRefs('refs/copies/')).map(({ id, name }) => `${id} ${name}`);
    } finally {
      await repo.close();
    }
  }
  const fetchIn = (dir: string, isPruning = false) =>
    inRepository(dir, async (repo) => {
      const copies = isPruning ? await repo.listRefs('refs/copies/') : [];
      await repo.network().fetch('origin', [SPEC], { copies });
    });

  /** Writes down what the hook is told, and does this. */
  function installHook(more = ':'): string {
    const log = join(here.root, 'log');
    rmSync(log, { force: true });
    const hook = here.gitPath('hooks/reference-transaction');
    mkdirSync(dirname(hook), { recursive: true });
    const script = `#!/bin/sh\n{ echo "$1"; cut -d' ' -f3; } >> '${log}'\n[ "$1" != prepared ] || { ${more}; }\n`;
    writeFileSync(hook, script, { mode: 0o755 });
    return log;
  }

  test('moves all refs in one transaction, after another one for those that go', async () => {
    const [one, two] = [there.commit('one'), there.commit('two')];
    for (const name of ['a', 'b']) there.setRef(`refs/heads/${name}`, one);
    expect(await fetchIn(here.dir)).toEqual([`${one} refs/copies/a`, `${one} refs/copies/b`]);
    there.git(['update-ref', '-d', 'refs/heads/a']);
    there.setRef('refs/heads/a/under', two);
    there.setRef('refs/heads/b', two);
    const log = installHook();
    expect(await fetchIn(here.dir, true)).toEqual([`${two} refs/copies/a/under`, `${two} refs/copies/b`]);
    const told = (state: string) => [state, 'refs/copies/a/under', 'refs/copies/b'];
    expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual([
      ...['prepared', 'refs/copies/a', 'committed', 'refs/copies/a'],
      ...[...told('prepared'), ...told('committed')],
    ]);
  });

  test('keeps what comes from a repack until the refs have moved', async () => {
    there.setRef('refs/heads/a', there.commit('one'));
    installHook('git repack -a -d -q && git prune --expire=now');
    expect(await fetchIn(here.dir)).toHaveLength(1);
  });

  test('moves nothing where the hook refuses', async () => {
    there.setRef('refs/heads/a', there.commit('one'));
    installHook('exit 1');
    await expect(fetchIn(here.dir)).rejects.toThrow(/refused/);
    expect(here.refs()).toEqual([]);
  });

  test('where somebody else has moved a ref meanwhile, looks again', async () => {
    const [one, two] = [there.commit('one'), there.commit('two')];
    there.setRef('refs/heads/a', one);
    await fetchIn(here.dir);
    there.setRef('refs/heads/a', two);
    const fetched: string[] = [];
    const refs = await inRepository(here.dir, (repo) =>
      fetchAside(repo, async (global, options, env) => {
        const args = [...global, 'fetch', ...options, there.dir, SPEC];
        const stdout = execFileSync('git', args, { cwd: here.dir, env: { ...here.env, ...env } });
        fetched.push(stdout.toString());
        if (fetched.length === 1) here.git(['update-ref', '-d', 'refs/copies/a']);
        return { stdout, stderr: '', exitCode: 0 };
      }),
    );
    expect(refs).toEqual([`${two} refs/copies/a`]);
    expect(fetched.map((text) => text.slice(0, 2))).toEqual(['+ ', '* ']);
  });

  test.each([
    ['a partial clone', ['--filter=blob:none']],
    ['a shallow clone', ['--depth=1']],
    ['a clone with alternates', ['--shared']],
    ['a bare clone', ['--bare']],
  ])('of %s', async (_, options) => {
    there.git(['config', 'uploadpack.allowFilter', 'true']);
    const base = there.commit('base');
    there.setRef('refs/heads/main', there.commit('one', [base]));
    const clone = join(here.root, 'clone');
    const from = options.includes('--shared') ? there.dir : `file://${there.dir}`;
    here.git(['clone', '-q', '--no-checkout', '--ref-format=reftable', ...options, from, clone]);
    const two = there.commit('two', [there.commit('between')]);
    there.setRef('refs/heads/a', two);
    expect(await fetchIn(clone)).toContain(`${two} refs/copies/a`);
  });

  test('in a linked worktree', async () => {
    here.setRef('refs/heads/own', here.commit('own'));
    const linked = join(here.root, 'linked');
    here.git(['worktree', 'add', '-q', linked, 'own']);
    there.setRef('refs/heads/a', there.commit('one'));
    expect(await fetchIn(linked)).toHaveLength(1);
  });

  test('into a store on another file system', async ({ skip }) => {
    const elsewhere = ['/var/tmp', '/dev/shm'].find(
      (dir) => existsSync(dir) && statSync(dir).dev !== statSync(here.dir).dev,
    );
    if (elsewhere === undefined) return skip('here is one file system');
    const store = mkdtempSync(join(elsewhere, 'ckpt-tests-'));
    onTestFinished(() => removeDir(store));
    const objects = here.gitPath('objects');
    cpSync(objects, store, { recursive: true });
    rmSync(objects, { recursive: true });
    symlinkSync(store, objects);
    there.setRef('refs/heads/a', there.commit('one'));
    expect(await fetchIn(here.dir)).toHaveLength(1);
  });
});
