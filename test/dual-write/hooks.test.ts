import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CKPT } from '../commands/ckpt.ts';
import { cleanEnvironment, type GitOptions, git, gitResult, refs } from '../fixtures/git.ts';
import { reference, V1_BRANCH } from '../fixtures/reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { v2Refs } from '../migrate/support.ts';
import {
  checkpointId,
  DUAL,
  documentOf,
  ENGINES,
  expectVerified,
  failureLog,
  lastRun,
  newRepository,
  run,
  write,
  writeSettings,
} from './dual-write.ts';

/** Another tool writes a checkpoint to V1. */
function writeV1(dir: string, v1: V1Builder, n: number): void {
  v1.checkpoint(checkpointId(n), { sessions: [{ createdAt: new Date(1.76e12 + n * 3.6e6).toISOString() }] });
  v1.write(dir, { init: false });
}

/** Commits a change with all hooks; returns what git and they printed on stderr. */
function commit(dir: string, args: readonly string[] = [], options: GitOptions = {}): string {
  writeFileSync(join(dir, 'file.txt'), `${Math.random()}\n`);
  git(dir, 'add', 'file.txt');
  const { status, stderr } = gitResult(dir, [...args, 'commit', '-q', '-m', 'change', '--', 'file.txt'], options);
  expect(status, stderr).toBe(0);
  return stderr;
}

function expectMirrored(dir: string): void {
  expect(v2Refs(dir)).toMatchObject({ 'refs/entire/checkpoints/v2/main': reference(dir).main });
}

/** A repository with a V1 of one checkpoint and settings that are committed. */
function repository(): { dir: string; v1: V1Builder } {
  const dir = newRepository(DUAL);
  git(dir, 'add', '.entire');
  git(dir, 'commit', '-q', '-m', 'settings');
  const v1 = new V1Builder();
  v1.init();
  writeV1(dir, v1, 1);
  return { dir, v1 };
}

/** A hook that notes git's variables and runs `ckpt dual-write` with these arguments. */
function hook(folder: string, engine: string, args = ''): string {
  mkdirSync(folder, { recursive: true });
  const note = join(folder, 'environment');
  const text = `#!/bin/sh
env | grep '^GIT_' >'${note}'
exec '${process.execPath}' '${CKPT}' dual-write --engine ${engine} ${args}
`;
  writeFileSync(join(folder, 'post-commit'), text);
  chmodSync(join(folder, 'post-commit'), 0o755);
  return note;
}

describe.each(ENGINES)('in a hook of git (%s)', (engine) => {
  it('finds the repository by what git says, and leaves the index alone', async () => {
    const { dir, v1 } = repository();
    const note = hook(join(dir, '.git/hooks'), engine);
    mkdirSync(join(dir, 'sub'));
    writeFileSync(join(dir, 'staged.txt'), 'staged');
    git(dir, 'add', 'staged.txt');
    writeFileSync(join(dir, 'file.txt'), 'x');
    git(dir, 'add', 'file.txt');
    // From a subfolder and with a path: git sets GIT_PREFIX, and GIT_INDEX_FILE names a temporary index.
    const { status, stderr, stdout } = gitResult(join(dir, 'sub'), ['commit', '-q', '-m', 'x', '--', '../file.txt']);
    expect({ status, stderr, stdout: stdout.toString() }).toEqual({ status: 0, stderr: '', stdout: '' });
    const environment = readFileSync(note, 'utf8');
    expect(environment).toMatch(/^GIT_INDEX_FILE=/m);
    expect(environment).toMatch(/^GIT_PREFIX=/m);
    expectMirrored(dir);
    expect(git(dir, 'status', '--porcelain')).toBe('A  staged.txt');

    writeV1(dir, v1, 2);
    expect(commit(dir, ['-c', 'user.name=Somebody'])).toBe('');
    expectMirrored(dir);
    git(dir, 'commit', '-q', '-m', 'staged');
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect(existsSync(join(dir, '.git/index.lock'))).toBe(false);
    await expectVerified(dir);
  });

  it('in a linked worktree, with core.hooksPath for one command', async () => {
    const { dir, v1 } = repository();
    const hooks = join(tempDir(), 'my hooks');
    const note = hook(hooks, engine);
    const tree = join(tempDir(), 'linked tree');
    git(dir, 'worktree', 'add', '-q', '-b', 'linked', tree);
    commit(tree);
    expect(v2Refs(dir)).toEqual({});
    expect(commit(tree, ['-c', `core.hooksPath=${hooks}`])).toBe('');
    expect(readFileSync(note, 'utf8')).toMatch(/^GIT_DIR=.*\/worktrees\//m);
    expectMirrored(dir);
    expect(lastRun(dir).outcome).toBe('ok');
    writeV1(dir, v1, 2);
    expect(commit(dir, ['-c', `core.hooksPath=${hooks}`])).toBe('');
    expectMirrored(dir);
    for (const place of [dir, tree]) expect(git(place, 'status', '--porcelain')).toBe('');
    await expectVerified(dir);
  });

  it('heeds the settings of the worktree that it runs in', () => {
    const { dir } = repository();
    const tree = join(tempDir(), 'tree');
    git(dir, 'worktree', 'add', '-q', tree);
    writeSettings(tree, { strategy_options: { checkpoints_v2: false } }, 'settings.local.json');
    hook(join(dir, '.git/hooks'), engine);
    commit(tree);
    expect(v2Refs(dir)).toEqual({});
    commit(dir);
    expectMirrored(dir);
  });

  it('takes the repository of --repo, whatever git says', () => {
    const { dir } = repository();
    const { dir: other } = repository();
    hook(join(dir, '.git/hooks'), engine, `--repo '${other}'`);
    commit(dir);
    expect(v2Refs(dir)).toEqual({});
    expectMirrored(other);

    const { dir: third } = repository();
    const env = { GIT_DIR: join(dir, '.git'), GIT_INDEX_FILE: join(dir, '.git/index'), GIT_WORK_TREE: dir };
    expect(run(tempDir(), ['dual-write', '--repo', third, '--engine', engine], { env }).code).toBe(0);
    expectMirrored(third);
    expect(v2Refs(dir)).toEqual({});
    // Without --repo they are what counts.
    expect(run(third, ['dual-write', '--engine', engine], { env }).code).toBe(0);
    expectMirrored(dir);
  });

  it('writes a checkpoint from a document, as who makes the commit', async () => {
    const { dir } = repository();
    const file = join(tempDir(), 'document.json');
    writeFileSync(file, JSON.stringify(documentOf(7)));
    hook(join(dir, '.git/hooks'), engine, `--quiet --from '${file}'`);
    expect(commit(dir)).toBe('');
    expect(git(dir, 'log', '-1', '--format=%s by %an', V1_BRANCH)).toBe(`Checkpoint: ${checkpointId(7)} by Ada Tester`);
    expect(git(dir, 'status', '--porcelain')).toBe('');
    await expectVerified(dir);
  });

  it('a V2 failure never fails the commit', () => {
    const { dir } = repository();
    hook(join(dir, '.git/hooks'), engine);
    mkdirSync(join(dir, '.git/refs/entire/checkpoints/v2'), { recursive: true });
    writeFileSync(join(dir, '.git/refs/entire/checkpoints/v2/main.lock'), '');
    const head = git(dir, 'rev-parse', 'HEAD');
    expect(commit(dir)).toMatch(/^ckpt dual-write: [^\n]*\n$/);
    expect(git(dir, 'rev-parse', 'HEAD^')).toBe(head);
    expect(v2Refs(dir)).toEqual({});
  });
});

describe('ckpt hooks install, and then real commits', () => {
  /** A `ckpt` on the PATH, as npm links it. */
  function installed(): { env: { PATH: string } } {
    const folder = join(tempDir(), 'bin of mine');
    mkdirSync(folder);
    symlinkSync(CKPT, join(folder, 'ckpt'));
    return { env: { PATH: `${folder}:${dirname(process.execPath)}:${cleanEnvironment().PATH}` } };
  }

  it('mirror what V1 got: commit, merge, rebase, push, and nothing after uninstall', async () => {
    const { dir, v1 } = repository();
    const { env } = installed();
    const origin = join(tempDir(), 'origin.git');
    git(dir, 'init', '-q', '--bare', origin);
    git(dir, 'remote', 'add', 'origin', origin);
    expect(run(dir, ['hooks', 'install', '--git'], { env })).toMatchObject({ code: 0, stderr: '' });

    expect(commit(dir, [], { env })).toBe('');
    expectMirrored(dir);

    git(dir, 'checkout', '-q', '-b', 'side', 'HEAD^');
    writeV1(dir, v1, 2);
    writeFileSync(join(dir, 'side.txt'), 'x');
    git(dir, 'add', 'side.txt');
    gitResult(dir, ['commit', '-q', '-m', 'side'], { env });
    expectMirrored(dir);

    writeV1(dir, v1, 3);
    git(dir, 'checkout', '-q', 'main');
    expect(gitResult(dir, ['merge', '-q', '--no-edit', 'side'], { env })).toMatchObject({ status: 0, stderr: '' });
    expectMirrored(dir);

    git(dir, 'checkout', '-q', 'side');
    writeV1(dir, v1, 4);
    const rebase = gitResult(dir, ['rebase', '-q', '--force-rebase', 'main~1'], { env });
    expect(rebase.status, rebase.stderr).toBe(0);
    expectMirrored(dir);

    writeV1(dir, v1, 5);
    const push = gitResult(dir, ['push', '-q', 'origin', 'main'], { env });
    expect(push.status, push.stderr).toBe(0);
    expectMirrored(dir);
    expect(Object.keys(refs(origin))).toEqual(['refs/heads/main']);

    const status = run(dir, ['hooks', 'status', '--git', '--json'], { env });
    expect(JSON.parse(status.stdout)).toMatchObject({
      git: { hooks: [{ state: 'installed', active: true }, {}, {}, {}] },
      lastRun: { outcome: 'ok', at: lastRun(dir).at },
    });
    expect(failureLog(dir)).toEqual([]);
    await expectVerified(dir);

    expect(run(dir, ['hooks', 'uninstall'], { env }).code).toBe(0);
    const before = v2Refs(dir);
    writeV1(dir, v1, 6);
    commit(dir, [], { env });
    expect(v2Refs(dir)).toEqual(before);
  });

  it('say in one line where V2 fails; ckpt hooks status says it too', () => {
    const { dir } = repository();
    const { env } = installed();
    run(dir, ['hooks', 'install', '--git'], { env });
    writeSettings(dir, '{');
    expect(commit(dir, [], { env })).toMatch(/^ckpt dual-write: [^\n]*settings\.json can't be read[^\n]*\n$/);
    expect(run(dir, ['hooks', 'status', '--git'], { env }).stdout).toContain('failed');
    writeSettings(dir, { strategy_options: DUAL });
    expect(commit(dir, [], { env })).toBe('');
    expectMirrored(dir);
  });

  it('write new checkpoints from the Stop hook of Claude Code', () => {
    const { dir } = repository();
    const { env } = installed();
    mkdirSync(join(dir, '.claude'));
    expect(run(dir, ['hooks', 'install', '--agent', 'claude-code'], { env })).toMatchObject({ code: 0, stderr: '' });
    const settings = JSON.parse(readFileSync(join(dir, '.claude/settings.json'), 'utf8'));
    const [{ hooks }] = settings.hooks.Stop;
    writeFileSync(join(dir, 'stop.sh'), hooks[0].command);
    const { status } = gitResult(dir, ['-c', 'alias.stop=!sh stop.sh', 'stop'], {
      env: { ...env, CLAUDE_PROJECT_DIR: realpathSync(dir) },
    });
    expect(status).toBe(0);
    expectMirrored(dir);
  });

  it('also by what write made: stop-time finalization after a commit', async () => {
    const { dir } = repository();
    const { env } = installed();
    run(dir, ['hooks', 'install', '--git'], { env });
    writeSettings(dir, { strategy_options: {} });
    write(dir, documentOf(8));
    writeSettings(dir, { strategy_options: DUAL });
    expect(commit(dir, [], { env })).toBe('');
    expectMirrored(dir);
    write(dir, { ...documentOf(8), prompts: ['a', 'b'] }, ['--finalize']);
    expectMirrored(dir);
    await expectVerified(dir);
  });
});
