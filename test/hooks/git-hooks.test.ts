import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { addBlock } from '../../src/hooks/block.ts';
import { mirrorLines } from '../../src/hooks/mirror-command.ts';
import { GIT_HOOKS, type InstallResult } from '../../src/hooks/report.ts';
import { git, gitResult } from '../fixtures/git.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { HookRepo } from './hook-repo.ts';

let repo: HookRepo;
beforeEach(() => {
  repo = new HookRepo(tempDir());
});

const HOOK = '.git/hooks/post-commit';

/** What became of post-commit. */
function postCommit(result: InstallResult) {
  const hook = result.git?.hooks.find(({ hook }) => hook === 'post-commit');
  return { state: hook?.state, action: hook?.action, active: hook?.active, executable: hook?.executable };
}

describe.runIf(process.platform !== 'win32')('a repository that a group shares', () => {
  const mode = (path: string) => (lstatSync(join(repo.dir, path)).mode & 0o777).toString(8);

  it('gets hooks that others of the group can change; one that was there keeps its mode', async () => {
    git(repo.dir, 'config', 'core.sharedRepository', 'group');
    mkdirSync(join(repo.dir, '.git/hooks'), { recursive: true });
    writeFileSync(join(repo.dir, '.git/hooks/post-merge'), '#!/bin/sh\n', { mode: 0o700 });
    await repo.install();
    expect([mode(HOOK), mode('.git/hooks/post-merge')]).toEqual(['775', '700']);
  });

  it('changes nothing about those of a work tree', async () => {
    git(repo.dir, 'config', 'core.sharedRepository', 'group');
    git(repo.dir, 'config', 'core.hooksPath', 'hooks');
    await repo.install();
    expect(mode('hooks/post-commit')).toBe('755');
  });
});

describe.each(ENGINES)('install and uninstall (%s)', (engine) => {
  beforeEach(() => {
    repo = new HookRepo(tempDir(), engine);
  });

  it('make the hooks, once, and remove them again', async () => {
    const first = await repo.install();
    expect(first.complete).toBe(true);
    expect(first.git).toMatchObject({ folder: join(repo.dir, '.git/hooks'), manager: null, sharedWith: null });
    expect(first.git?.hooks.map(({ hook, action, active }) => ({ hook, action, active }))).toEqual(
      GIT_HOOKS.map((hook) => ({ hook, action: 'created', active: true })),
    );
    for (const hook of GIT_HOOKS) expect(repo.mode(`.git/hooks/${hook}`)).toBe(0o755);
    expect(readdirSync(join(repo.dir, '.git/hooks')).sort()).toEqual([...GIT_HOOKS].sort());

    const before = lstatSync(join(repo.dir, HOOK));
    const second = await repo.install();
    expect(second.git?.hooks.every(({ action }) => action === 'unchanged')).toBe(true);
    expect(lstatSync(join(repo.dir, HOOK)).ino).toBe(before.ino); // not even written
    expect((await repo.status()).git?.hooks.every(({ state }) => state === 'installed')).toBe(true);

    const { places } = await repo.uninstall();
    expect(places.every(({ action }) => action === 'deleted')).toBe(true);
    expect(readdirSync(join(repo.dir, '.git/hooks'))).toEqual([]);
    expect((await repo.uninstall()).places.every(({ action }) => action === 'nothing')).toBe(true);
  });

  it('look where core.hooksPath says: at the top of the work tree, in the home folder, elsewhere', async () => {
    mkdirSync(join(repo.dir, 'sub'));
    for (const [value, folder, sharedWith] of [
      ['./.githooks', join(repo.dir, '.githooks'), 'team'],
      ['~/my hooks', join(repo.root, 'my hooks'), 'other-repositories'],
      [join(repo.root, 'global'), join(repo.root, 'global'), 'other-repositories'],
    ] as const) {
      git(repo.dir, 'config', 'core.hooksPath', value);
      const env = { HOME: repo.root };
      const result = await repo.install({ env }, join(repo.dir, 'sub'));
      expect(result).toMatchObject({ complete: true, git: { folder, sharedWith } });
      expect(readdirSync(folder).sort()).toEqual([...GIT_HOOKS].sort());
      if (value.startsWith('~')) continue; // git asks the environment of a user whom tests do not have
      repo.commit();
      expect(repo.calls()).toHaveLength(1);
      await repo.uninstall({ env });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('refuse a hooks folder that is none', async () => {
    git(repo.dir, 'config', 'core.hooksPath', '/dev/null');
    await expect(repo.install()).rejects.toMatchObject({ code: 'NO_HOOKS_FOLDER', exitCode: 3 });
  });

  it('share the hooks among linked worktrees', async () => {
    repo.commit();
    const tree = join(repo.root, 'linked tree');
    git(repo.dir, 'worktree', 'add', '-q', '-b', 'side', tree);
    const result = await repo.install({}, tree);
    expect(result.git?.folder).toBe(join(repo.dir, '.git/hooks'));
    repo.commit('in-tree', tree);
    expect(repo.calls()).toMatchObject([{ cwd: tree, args: 'dual-write --quiet', stdin: '' }]);
    repo.commit();
    expect(repo.calls()).toMatchObject([{ cwd: repo.dir }]);
    await repo.uninstall({}, tree);
    expect(repo.exists(HOOK)).toBe(false);
  });

  it('work in a bare repository', async () => {
    const bare = new HookRepo(join(repo.root, 'bare'), engine, true);
    expect((await bare.install()).complete).toBe(true);
    expect(readdirSync(join(bare.dir, 'hooks')).sort()).toEqual([...GIT_HOOKS].sort());
    await expect(bare.install({ agents: ['claude-code'] })).rejects.toMatchObject({ code: 'NO_WORK_TREE' });
    expect((await bare.install({ agents: 'in-use' })).agents).toEqual([]);
  });
});

describe('a hook that is there already', () => {
  it.each([
    ['as usual', '#!/bin/sh\necho mine >>mine\n', 0o755],
    ['without a final line feed', '#!/bin/sh\necho mine >>mine', 0o700],
    ['with an exit at its end', '#!/bin/sh\necho mine >>mine\nexit 0\n', 0o775],
    ['with an exec at its end', '#!/bin/bash -e\nexec sh -c "echo mine >>mine"', 0o755],
    ['without a shebang', 'echo mine >>mine\n', 0o755],
    ['with bytes that are not text', Buffer.from('#!/bin/sh\necho mine >>mine # \xff\xfe\xe9\n', 'latin1'), 0o755],
    ['empty', '', 0o755],
  ])('%s: keeps its text and mode, and both run', async (_, content, mode) => {
    const path = repo.write(HOOK, content, mode);
    const before = readFileSync(path);
    expect(postCommit(await repo.install())).toEqual({
      state: 'installed',
      action: 'added',
      active: true,
      executable: true,
    });
    expect(repo.mode(HOOK)).toBe(mode);
    const installed = readFileSync(path);
    expect(postCommit(await repo.install()).action).toBe('unchanged');
    expect(readFileSync(path).equals(installed)).toBe(true);
    repo.commit();
    expect(repo.calls()).toHaveLength(1);
    if (before.length > 0) expect(repo.read('mine')).toBe('mine\n');
    await repo.uninstall();
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(repo.mode(HOOK)).toBe(mode);
  });

  it('with CRLF keeps it, and the block stays one that sh can read', async () => {
    const path = repo.write(HOOK, '#!/bin/sh\r\nfoo\r\nexit 0\r\n');
    await repo.install();
    expect(readFileSync(path, 'latin1')).toMatch(
      /^#!\/bin\/sh\r\nfoo\r\n# >>> [^\r]*\n# <<< ckpt hooks <<<\nexit 0\r\n$/s,
    );
    await repo.uninstall();
    expect(readFileSync(path, 'latin1')).toBe('#!/bin/sh\r\nfoo\r\nexit 0\r\n');
  });

  it('that is not executable keeps its mode, and that is said', async () => {
    repo.write(HOOK, '#!/bin/sh\nfoo\n', 0o644);
    const result = await repo.install();
    expect(postCommit(result)).toEqual({ state: 'installed', action: 'added', active: false, executable: false });
    expect(result.complete).toBe(false);
    expect(repo.mode(HOOK)).toBe(0o644);
    chmodSync(join(repo.dir, HOOK), 0o755);
    expect((await repo.install()).complete).toBe(true);
  });

  it.each([
    ['Python', '#!/usr/bin/env python3\nprint(1)\n'],
    ['a program', Buffer.from('\x7fELF\0\0\0', 'latin1')],
  ])('in %s is left alone, with the line to add', async (_, content) => {
    const path = repo.write(HOOK, content);
    const result = await repo.install();
    expect(postCommit(result)).toMatchObject({ state: 'not-shell', action: 'left', active: false });
    expect(result.complete).toBe(false);
    expect(result.git?.hooks[0]?.addByHand).toContain(' dual-write --quiet </dev/null || true');
    expect(readFileSync(path).equals(Buffer.from(content))).toBe(true);
    expect(repo.exists('.git/hooks/pre-push')).toBe(true);
  });

  it('that calls the mirror by a line of its own is left alone', async () => {
    repo.write(HOOK, '#!/usr/bin/env python3\nimport os; os.system("ckpt dual-write")\n');
    expect(postCommit(await repo.install())).toMatchObject({ state: 'by-hand', action: 'unchanged', active: true });
    expect((await repo.uninstall()).places[0]).toMatchObject({ hook: 'post-commit', action: 'by-hand' });
  });

  it('with a block of an older version, or of a ckpt elsewhere, is brought up to date in its place', async () => {
    const old = '# >>> ckpt hooks 0 >>> old\nckpt mirror\n# <<< ckpt hooks <<<\n';
    repo.write(HOOK, `#!/bin/sh\nfirst\n${old}second\n`);
    expect((await repo.status()).git?.hooks[0]).toMatchObject({ state: 'outdated' });
    expect(postCommit(await repo.install())).toMatchObject({ state: 'installed', action: 'updated' });
    expect(repo.read(HOOK)).toMatch(/^#!\/bin\/sh\nfirst\n# >>> ckpt hooks 1 >>> .*\n# <<< ckpt hooks <<<\nsecond\n$/s);
    const moved = { ...repo.program, path: '/elsewhere/ckpt' };
    expect((await repo.status({ program: moved })).git?.hooks[0]).toMatchObject({ state: 'outdated' });
    expect(postCommit(await repo.install({ program: moved }))).toMatchObject({ action: 'updated' });
    await repo.uninstall();
    expect(repo.read(HOOK)).toBe('#!/bin/sh\nfirst\nsecond\n');
  });

  it('that is a link stays one: its target gets the block, once for two hooks that share it', async () => {
    const target = repo.write('scripts/hook', '#!/bin/sh\nfoo\n', 0o750);
    mkdirSync(join(repo.dir, '.git/hooks'));
    for (const hook of ['post-commit', 'pre-push'])
      symlinkSync('../../scripts/hook', join(repo.dir, '.git/hooks', hook));
    const result = await repo.install();
    expect(result.complete).toBe(true);
    expect(result.git?.hooks[0]?.path).toBe(target);
    expect(lstatSync(join(repo.dir, HOOK)).isSymbolicLink()).toBe(true);
    expect(repo.read('scripts/hook').match(/# >>> ckpt/g)).toHaveLength(1);
    expect((await repo.install()).git?.hooks.every(({ action }) => action === 'unchanged')).toBe(true);
    await repo.uninstall();
    expect(repo.read('scripts/hook')).toBe('#!/bin/sh\nfoo\n');
    expect(repo.mode('scripts/hook')).toBe(0o750);
    expect(lstatSync(join(repo.dir, HOOK)).isSymbolicLink()).toBe(true);
  });

  it('that is a link to nowhere, or a folder, stops the install before anything is changed', async () => {
    mkdirSync(join(repo.dir, '.git/hooks'));
    symlinkSync('nowhere', join(repo.dir, '.git/hooks/pre-push'));
    await expect(repo.install()).rejects.toMatchObject({ code: 'HOOK_FILE_FAILED', exitCode: 1 });
    rmSync(join(repo.dir, '.git/hooks/pre-push'));
    mkdirSync(join(repo.dir, '.git/hooks/pre-push'));
    await expect(repo.install()).rejects.toMatchObject({ code: 'HOOK_FILE_FAILED' });
    expect(readdirSync(join(repo.dir, '.git/hooks'))).toEqual(['pre-push']);
  });

  it('is replaced in one step: a reader that has it open sees the old text to its end', async () => {
    const path = repo.write(HOOK, '#!/bin/sh\nfoo\n');
    linkSync(path, join(repo.root, 'open')); // stands for an open file: the old inode
    await repo.install();
    expect(readFileSync(join(repo.root, 'open'), 'utf8')).toBe('#!/bin/sh\nfoo\n');
    expect(readdirSync(dirname(path)).sort()).toEqual([...GIT_HOOKS].sort());
  });

  it('keeps what a user wrote into a file that ckpt had made', async () => {
    await repo.install();
    writeFileSync(join(repo.dir, HOOK), `${repo.read(HOOK)}mine\n`);
    expect((await repo.uninstall()).places[0]).toMatchObject({ action: 'removed' });
    expect(repo.read(HOOK)).toBe('#!/bin/sh\nmine\n');
  });

  it('is found by uninstall also where core.hooksPath was set after the install', async () => {
    await repo.install();
    git(repo.dir, 'config', 'core.hooksPath', '.githooks');
    const { places } = await repo.uninstall();
    expect(places.filter(({ action }) => action === 'deleted').map(({ hook }) => hook)).toEqual([...GIT_HOOKS]);
    expect(readdirSync(join(repo.dir, '.git/hooks'))).toEqual([]);
  });
});

describe('git runs the mirror', () => {
  const ONCE = [{ args: 'dual-write --quiet', stdin: '' }];

  beforeEach(async () => {
    repo.commit();
    await repo.install();
  });

  it('once for a commit, at the top of the work tree', () => {
    repo.commit();
    expect(repo.calls()).toMatchObject([{ ...ONCE[0], cwd: repo.dir }]);
  });

  it('once for a merge, also for one that only moves the branch', () => {
    git(repo.dir, 'checkout', '-q', '-b', 'side');
    repo.commit('side');
    git(repo.dir, 'checkout', '-q', 'main');
    repo.calls();
    git(repo.dir, 'merge', '-q', 'side');
    expect(repo.calls()).toMatchObject(ONCE);
    git(repo.dir, 'checkout', '-q', 'side');
    repo.commit('more');
    git(repo.dir, 'checkout', '-q', 'main');
    repo.commit('other');
    repo.calls();
    git(repo.dir, 'merge', '-q', '--no-edit', 'side');
    expect(repo.calls()).toMatchObject(ONCE);
  });

  it('after an amended commit, and once for a rebase of several', () => {
    git(repo.dir, 'commit', '-q', '--amend', '-m', 'better');
    expect(repo.calls()).toHaveLength(2); // post-commit and post-rewrite
    git(repo.dir, 'checkout', '-q', '-b', 'side', 'HEAD');
    for (const name of ['a', 'b', 'c']) repo.commit(name);
    git(repo.dir, 'checkout', '-q', 'main');
    repo.commit('d');
    git(repo.dir, 'checkout', '-q', 'side');
    repo.calls();
    git(repo.dir, 'rebase', '-q', 'main');
    expect(repo.calls()).toMatchObject(ONCE);
  });

  it('once for a push, and leaves the list of refs to the hook that was there', async () => {
    const remote = join(repo.root, 'remote.git');
    git(repo.dir, 'init', '-q', '--bare', remote);
    await repo.uninstall();
    repo.write('.git/hooks/pre-push', '#!/bin/sh\ncat >pushed\n');
    await repo.install();
    git(repo.dir, 'push', '-q', remote, 'main');
    expect(repo.calls()).toMatchObject(ONCE);
    expect(repo.read('pushed')).toMatch(/^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0+\n$/);
  });

  it('and a hook that refuses a push still does', async () => {
    const remote = join(repo.root, 'remote.git');
    git(repo.dir, 'init', '-q', '--bare', remote);
    await repo.uninstall();
    for (const hook of ['#!/bin/sh\nfalse\n', '#!/bin/sh -e\nfalse\n', '#!/bin/sh\nfalse\nexit $?\n']) {
      repo.write('.git/hooks/pre-push', hook);
      await repo.install();
      expect(gitResult(repo.dir, ['push', '-q', remote, 'main']).status).not.toBe(0);
      await repo.uninstall();
    }
    expect(git(repo.root, '--git-dir', remote, 'for-each-ref')).toBe('');
  });

  it('whose failure or absence is not a failure of git', () => {
    repo.fake('echo trouble >&2; exit 1');
    repo.commit();
    expect(repo.calls()).toHaveLength(1);
    rmSync(repo.program.path);
    writeFileSync(join(repo.dir, 'file'), 'x');
    expect(gitResult(repo.dir, ['commit', '-q', '-a', '-m', 'x'])).toMatchObject({ status: 0, stderr: '' });
  });

  it('and goes on where it hangs', () => {
    repo.fake('exec sleep 100');
    repo.write(HOOK, addBlock(undefined, mirrorLines(repo.program, 1)));
    writeFileSync(join(repo.dir, 'file'), 'x');
    const { status, stderr } = gitResult(repo.dir, ['commit', '-q', '-a', '-m', 'x']);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'ckpt: the mirror was ended after 1 s; the next run goes on from there\n',
    });
  });
});
