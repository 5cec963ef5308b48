import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addBlock } from '../../src/hooks/block.ts';
import { mirrorLine, mirrorLines } from '../../src/hooks/mirror-command.ts';
import { tempDir } from '../fixtures/temp.ts';

const SHELLS = ['dash', 'bash', 'bash --posix'];

/** A `ckpt` that says that it was called, and does this besides. */
function fake(path: string, besides = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "ran $(basename "$(dirname "$0")")"\n${besides}\n`);
  chmodSync(path, 0o755);
  return path;
}

function run(shell: string, script: string, env: NodeJS.ProcessEnv = {}, input = '', hook = ['post-commit']) {
  const [program = '', ...options] = shell.split(' ');
  const [name, ...given] = hook;
  const args = [...options, '-c', script, `/hooks/${name}`, ...given];
  const { status, stdout, stderr } = spawnSync(program, args, {
    // Without SHLVL bash takes its input for a network connection, and reads ~/.bashrc.
    env: { PATH: process.env.PATH, SHLVL: '1', ...env },
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const withFake = (dir: string, besides?: string) => ({
  path: fake(join(dir, "it's here", 'ckpt'), besides),
  node: '/nowhere/node',
  onPath: false,
});

describe.each(SHELLS)('the lines of a git hook, in %s', (shell) => {
  it.each([
    ['with nothing around it', '', '', 0],
    ['with a failure before it', '(exit 3)', '', 3],
    ['with set -eu, and an exit code that counts', 'set -eu; false || true', 'exit "$?"', 0],
    ['with set -e, after a test that failed', 'set -e\n[ x = y ] && foo', 'exit "$?"', 1],
    ['with an exit code handed on', '(exit 7)', 'exit', 7],
  ])('keep the exit code %s', (_, before, after, status) => {
    const dir = tempDir();
    const script = `${before}\n${mirrorLines(withFake(dir))}${after}\n`;
    expect(run(shell, script)).toEqual({ status, stdout: "ran it's here\n", stderr: '' });
  });

  it('keep standard input, variables and options of the hook', () => {
    const script = `set -u; ckpt=mine\n${mirrorLines(withFake(tempDir(), 'cat'))}cat; echo "$ckpt $-$PATH"\n`;
    const { stdout } = run(shell, script, { PATH: '/usr/bin:/bin' }, 'input\n');
    expect(stdout).toMatch(/^ran it's here\ninput\nmine [a-zB]*u[a-zB]*\/usr\/bin:\/bin\n$/);
  });

  it('fall back to the folder of node, then to the PATH, then to nothing', () => {
    const dir = tempDir();
    const program = withFake(dir);
    rmSync(program.path);
    fake(join(dir, 'on path', 'ckpt'));
    const node = join(dirname(fake(join(dir, 'beside node', 'ckpt'))), 'node');
    const onPath = { PATH: `${process.env.PATH}:${join(dir, 'on path')}` };
    expect(run(shell, mirrorLines({ ...program, node }), onPath).stdout).toBe('ran beside node\n');
    expect(run(shell, mirrorLines(program), onPath).stdout).toBe('ran on path\n');
    expect(run(shell, `false\n${mirrorLines(program)}`)).toEqual({ status: 1, stdout: '', stderr: '' });
  });

  it('run ckpt with the node that installed it, without the NODE_OPTIONS of others', () => {
    const dir = tempDir();
    const old = dirname(fake(join(dir, 'of long ago', 'node')));
    const node = fake(join(dir, "today's", 'node'), 'echo "[$NODE_OPTIONS]"; exec "$@"');
    const program = { ...withFake(dir), node };
    const env = { PATH: `${old}:${process.env.PATH}`, NODE_OPTIONS: '--require ./.pnp.cjs' };
    const before = 'NODE_OPTIONS=$NODE_OPTIONS\n';
    const script = `${before}${mirrorLines(program)}node; echo "[$NODE_OPTIONS]"\n`;
    const ran = "ran today's\n[]\nran it's here\n";
    expect(run(shell, script, env).stdout).toBe(`${ran}ran of long ago\n[--require ./.pnp.cjs]\n`);
    expect(run(shell, mirrorLine(program), env).stdout).toBe(ran);
    rmSync(node);
    expect(run(shell, mirrorLines(program), env).stdout).toBe("ran it's here\n");
    expect(run(shell, mirrorLine(program), env).stdout).toBe("ran it's here\n");
  });

  it('run ckpt with the git of the hook, also where another lies beside that node', () => {
    const dir = tempDir();
    const node = fake(join(dir, 'both', 'node'), 'exec "$@"');
    fake(join(dir, 'both', 'git'));
    const program = { ...withFake(dir, 'git --version'), node };
    const PATH = `${dirname(fake(join(dir, 'of the hook', 'git')))}:${process.env.PATH}`;
    const ran = "ran both\nran it's here\nran of the hook\n";
    expect(run(shell, mirrorLines(program), { PATH }).stdout).toBe(ran);
    expect(run(shell, mirrorLine(program), { PATH }).stdout).toBe(ran);
  });

  it('survive a ckpt that fails', () => {
    const script = mirrorLines(withFake(tempDir(), 'exit 9'));
    expect(run(shell, script)).toEqual({ status: 0, stdout: "ran it's here\n", stderr: '' });
  });

  it('end a ckpt that hangs, and say so', () => {
    const script = mirrorLines(withFake(tempDir(), 'trap "" TERM; exec sleep 100'), 1);
    const before = performance.now();
    const { status, stderr } = run(shell, `set -e\n${script}echo after >&2\n`);
    expect(performance.now() - before).toBeLessThan(90_000); // `sleep 100`
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'ckpt: the mirror was ended after 1 s; the next run goes on from there\nafter\n',
    });
  });

  it('leave no process behind that holds the output open', () => {
    const before = performance.now();
    run(shell, mirrorLines(withFake(tempDir()), 60));
    expect(performance.now() - before).toBeLessThan(50_000); // the limit is 60 s
  });

  it('push to the remote of the git push, with a limit, and in no other hook', () => {
    const dir = tempDir();
    const script = mirrorLines(withFake(dir, 'echo "$@"'));
    const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'ckpt.push', GIT_CONFIG_VALUE_0: 'true' };
    const mirrored = "ran it's here\ndual-write --quiet --hook git\n";
    const pushed = "ran it's here\npush --quiet --no-progress --timeout 20 -- origin\n";
    const runAs = (...hook: string[]) => run(shell, script, env, '', hook).stdout;
    expect(runAs('pre-push', 'origin', 'https://host/repo')).toBe(mirrored + pushed);
    expect(runAs('pre-push.pre-entire', 'origin')).toBe(mirrored + pushed);
    expect(runAs('post-commit', 'origin')).toBe(mirrored);
    expect(run(shell, script, {}, '', ['pre-push', 'origin']).stdout).toBe(mirrored);
  });

  it('wait for post-rewrite in a rebase', () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'git dir', 'rebase-merge'), { recursive: true });
    const script = mirrorLines(withFake(dir));
    expect(run(shell, script, { GIT_DIR: join(dir, 'git dir') }).stdout).toBe('');
    expect(run(shell, script, { GIT_DIR: dir }).stdout).toBe("ran it's here\n");
  });
});

describe.each(SHELLS)('the one line, in %s', (shell) => {
  it('calls the program by its path, else the one on the PATH, else nothing', () => {
    const dir = tempDir();
    const program = withFake(dir, 'cat; exit 4');
    const PATH = `${process.env.PATH}:${dirname(fake(join(dir, 'on path', 'ckpt')))}`;
    const line = mirrorLine(program);
    expect(run(shell, line, { PATH }, 'input')).toEqual({ status: 0, stdout: "ran it's here\n", stderr: '' });
    rmSync(program.path);
    expect(run(shell, line, { PATH }).stdout).toBe('ran on path\n');
    expect(run(shell, line)).toEqual({ status: 0, stdout: '', stderr: '' });
    const short = mirrorLine({ ...program, onPath: true });
    expect(short).not.toContain(dir);
    expect(run(shell, short, { PATH }).stdout).toBe('ran on path\n');
    expect(run(shell, short)).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

it('writes paths of Windows as Git for Windows reads them', () => {
  const program = { path: 'C:\\Program Files\\ckpt\\ckpt', node: 'C:\\Program Files\\nodejs\\node.exe', onPath: false };
  const text = addBlock(undefined, mirrorLines(program));
  expect(text).toContain("ckpt='C:/Program Files/ckpt/ckpt'\n");
  expect(text).toContain("ckpt_node='C:/Program Files/nodejs/node.exe'\n");
  expect(text).toContain("PATH='/c/Program Files/nodejs':$PATH\n");
});
