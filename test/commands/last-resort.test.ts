import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../fixtures/temp.ts';
import { CKPT, ckpt } from './ckpt.ts';

const dir = join(tempDir('file'), 'sample.git');
beforeAll(() => {
  expect(ckpt(['sample', dir]).code).toBe(0);
});

/** Everything that an error says, and no line of a stack. */
function expectOneShape(stderr: string, beginning: string): void {
  expect(stderr.slice(0, beginning.length)).toBe(beginning);
  expect(stderr).toMatch(/\nhint: \S/);
  expect(stderr).not.toMatch(/^ +at |node:internal|Node\.js v/m);
}

function shell(command: string): { code: number | null; stderr: string } {
  const script = command.replace(/\bCKPT\b/, `"${process.execPath}" "${CKPT}"`);
  const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: dir, encoding: 'utf8' });
  return { code: status, stderr };
}

describe.runIf(process.platform === 'linux')('stdout on a full disk', () => {
  it.each([
    ['status', 'ckpt status: '],
    ['status --json', 'ckpt status: '],
    ['list --json', 'ckpt list: '],
    ['show 547 --transcript', 'ckpt show: reading checkpoint 547: '],
    ['migrate --help', 'ckpt: '],
  ])('is an error in the same shape: ckpt %s', (args, beginning) => {
    const { code, stderr } = shell(`CKPT ${args} > /dev/full`);
    expect(code).toBe(1);
    expectOneShape(stderr, beginning);
    expect(stderr).toContain('the result cannot be written to stdout: ENOSPC');
  });

  it('is told for the version too', () => {
    const { code, stderr } = shell('CKPT --version > /dev/full');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^ckpt: .*ENOSPC.*\n$/) });
  });

  it('does not change what the command does where stderr alone is full', () => {
    expect(shell('CKPT show 547 --session 9 2> /dev/full').code).toBe(1);
    expect(shell('CKPT status 2> /dev/full').code).toBe(0);
  });
});

describe('an error that nobody foresaw', () => {
  /** Runs the program with something broken in the Node around it. */
  function failing(breakage: string, args: readonly string[], temp = tempDir()) {
    const preload = join(tempDir(), 'break.cjs');
    writeFileSync(preload, breakage);
    return ckpt(args, { cwd: dir, env: { NODE_OPTIONS: `--require=${preload}`, TMPDIR: temp } });
  }
  const inWork = (expression: string) => `Object.defineProperty(process.stdout, 'isTTY', { get() { ${expression} } });`;
  const beside = (expression: string) =>
    `process.on('newListener', (name) => { if (name === 'uncaughtException') setTimeout(() => { ${expression} }, 1); });`;
  const IN_WORK = inWork("throw new TypeError('no terminal\\nat all');");
  const BESIDE = beside("throw new TypeError('beside the work');");
  const REJECTED = beside("Promise.reject(new TypeError('nobody waits'));");
  const NO_STACK_LEFT = inWork('return (function f() { return f() + 1; })();');

  it.each([
    ['in the work', IN_WORK, 'no terminal'],
    ['beside it', BESIDE, 'beside the work'],
    ['in a promise that nobody waits for', REJECTED, 'nobody waits'],
    ['on a stack that is full', NO_STACK_LEFT, 'Maximum call stack size exceeded'],
  ])('%s is short, and its details are in a private file', (_, breakage, message) => {
    const temp = tempDir();
    const { code, stderr } = failing(breakage, ['list'], temp);
    expect(code).toBe(1);
    expectOneShape(stderr, 'ckpt');
    expect(stderr).toContain(`unexpected error: ${message}\n`);
    const [folder, ...more] = readdirSync(temp).filter((name) => name.startsWith('ckpt-error-'));
    expect(more).toEqual([]);
    const path = join(temp, String(folder), 'details.txt');
    expect(stderr).toContain(`Details for a report: ${path}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(temp, String(folder))).mode & 0o777).toBe(0o700);
    expect(readFileSync(path, 'utf8')).toMatch(/(Type|Range)Error: [\s\S]*^ +at /m);
  });

  it('is one JSON document with --json', () => {
    const { code, stdout, stderr } = failing(BESIDE, ['list', '--json']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 1, error: { code: 'UNEXPECTED' } });
  });

  it('shows its stack with --verbose', () => {
    expect(failing(IN_WORK, ['list', '--verbose']).stderr).toMatch(/\n\nTypeError: no terminal\n[\s\S]*\n +at /);
  });

  it('says how to see the details where they cannot be kept', () => {
    const { stderr } = failing(IN_WORK, ['list'], join(dir, 'HEAD', 'below-a-file')); // Node 24 would make a folder that is absent
    expectOneShape(stderr, 'ckpt list: starting: unexpected error: no terminal\n');
    expect(stderr).toContain('with --verbose');
  });
});

describe('an error that was foreseen', () => {
  it('keeps no file', () => {
    const temp = tempDir();
    expect(ckpt(['show', '00'], { cwd: dir, env: { TMPDIR: temp } }).code).toBe(1);
    expect(ckpt(['nope'], { cwd: dir, env: { TMPDIR: temp } }).code).toBe(2);
    expect(readdirSync(temp).filter((name) => name.startsWith('ckpt-error'))).toEqual([]);
  });

  it.each([
    ['altogether', 'echo nonsense', 3, 'ckpt list: opening the repository: '],
    [
      'about objects',
      'case "$*" in *cat-file*) echo nonsense;; *) PATH="$REAL_PATH" exec git "$@";; esac',
      1,
      'ckpt list: listing checkpoints: git cat-file gave an answer',
    ],
  ])('is told where git is a program that talks nonsense %s', (_, script, exitCode, beginning) => {
    const path = tempDir();
    writeFileSync(join(path, 'git'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(path, 'git'), 0o755);
    const env = { PATH: path, REAL_PATH: process.env.PATH };
    const { code, stderr } = ckpt(['list', '--engine', 'native'], { cwd: dir, env });
    expect(code).toBe(exitCode);
    expectOneShape(stderr, beginning);
  });
});

/** Runs `bin` without the program that it loads, or with this one in its place. */
function runBin(program?: string) {
  const root = tempDir();
  for (const part of ['bin', 'package.json']) {
    cpSync(resolve(import.meta.dirname, '../..', part), join(root, part), { recursive: true });
  }
  if (program !== undefined) {
    mkdirSync(join(root, 'dist'));
    writeFileSync(join(root, 'dist/main.js'), program);
  }
  return (args: readonly string[]) => {
    return spawnSync(process.execPath, [join(root, 'bin/ckpt.js'), ...args], { encoding: 'utf8' });
  };
}

describe('a program that is not whole', () => {
  it('says so, and how to mend it', () => {
    const run = runBin();
    const { status, stdout, stderr } = run(['migrate']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expectOneShape(stderr, 'ckpt: the program cannot be loaded: Cannot find module ');
    expect(JSON.parse(run(['migrate', '--json']).stdout)).toMatchObject({ exitCode: 1, error: { code: 'UNEXPECTED' } });
  });

  it.each([
    [
      'waits for what never comes',
      'export const main = () => new Promise(() => {});',
      1,
      'ckpt: stopped before its work was done\n',
    ],
    ['ends', 'export const main = async () => {};', 0, ''],
    ['fails', 'export const main = async () => { process.exitCode = 4; };', 4, ''],
  ])('%s: its exit code says so', (_name, program, status, stderr) => {
    expect(runBin(program)(['migrate'])).toMatchObject({ status, stdout: '', stderr });
  });
});
