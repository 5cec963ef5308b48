import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { asSystemError } from '../../src/commands/system-error.ts';
import { git } from '../fixtures/git.ts';
import { BOTH_ENGINES, share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { CKPT, ckpt } from './ckpt.ts';

const home = tempDir('file');
const dir = join(home, 'sample.git');
beforeAll(() => {
  expect(ckpt(['sample', dir]).code).toBe(0);
  const tree = git(dir, 'rev-parse', `${V1_REF}^{tree}`);
  // All objects as files of their own, and one of them ends too early.
  const objects = spawnSync('git', ['-C', dir, 'pack-objects', '--all', '--stdout', '-q'], {
    input: '',
    maxBuffer: 1e9,
  }).stdout;
  const bare = join(home, 'loose.git');
  git(home, 'init', '-q', '--bare', bare);
  expect(spawnSync('git', ['-C', bare, 'unpack-objects', '-q'], { input: objects }).status).toBe(0);
  git(bare, 'update-ref', V1_REF, git(dir, 'rev-parse', V1_REF));
  const path = join(bare, 'objects', tree.slice(0, 2), tree.slice(2));
  chmodSync(path, 0o600);
  truncateSync(path, 20);
  symlinkSync('loop', join(home, 'loop'));
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin/git'), '#!/bin/sh\n');
  chmodSync(join(home, 'bin/git'), 0o600);
});

/** What a user's surroundings do to the program: a line of a shell, what the error says, and its exit code. */
const CASES: ReadonlyArray<readonly [string, string, RegExp, number]> = [
  ['a folder that was deleted', 'mkdir gone; cd gone; rmdir ../gone; CKPT status', /current folder was deleted/, 1],
  [
    'the same with the other engine',
    'mkdir gone; cd gone; rmdir ../gone; CKPT status --engine isomorphic',
    /current folder was deleted/,
    1,
  ],
  ['few open files', 'ulimit -n 24; CKPT -C sample.git verify --engine native', /EMFILE/, 1],
  [
    'a folder for the summary of a job',
    'GITHUB_STEP_SUMMARY=/ CKPT -C sample.git verify --format github',
    /GITHUB_STEP_SUMMARY.* cannot be written: EISDIR/,
    1,
  ],
  [
    'a full disk for the summary of a job',
    'GITHUB_STEP_SUMMARY=/dev/full CKPT -C sample.git verify --format github',
    /GITHUB_STEP_SUMMARY.* cannot be written: ENOSPC/,
    1,
  ],
  ['links in a circle', 'CKPT sample loop', /ELOOP/, 1],
  [
    'a git that cannot be run',
    'PATH=bin; CKPT -C sample.git status --engine native',
    /there is no git program .* that can be run/,
    3,
  ],
  ['no git', 'PATH=; CKPT -C sample.git status --engine native', /there is no git program/, 3],
  ['an object cut short', 'CKPT -C loose.git list --engine isomorphic', /is damaged: it is cut short/, 1],
  ['a file as a folder', 'CKPT -C sample.git verify --format sarif -o sample.git/HEAD/x', /cannot be written/, 1],
];

describe.runIf(process.platform === 'linux')('what users can cause is not a bug in ckpt', () => {
  it.each(CASES)('%s', (_, line, message, code) => {
    const script = line.replace('CKPT', `"${process.execPath}" "${CKPT}"`);
    const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: home, encoding: 'utf8' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\nhint: \S/);
    expect(stderr).not.toMatch(/bug in ckpt|report this|^ +at /m);
    expect(status).toBe(code);
  });

  it.each(BOTH_ENGINES)('however few files may be open, it is said so, or enough (%s)', (engine) => {
    for (const limit of share([20, 22, 24, 27, 30, 35, 40, 50], 3)) {
      const script = `ulimit -n ${limit}; "${process.execPath}" "${CKPT}" -C sample.git list --engine ${engine}`;
      const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: home, encoding: 'utf8' });
      // Node 22 and 24 need more than 20 before they come to the program.
      if (/\nNode\.js v\S+\s*$/.test(stderr) && !stderr.includes('/dist/')) continue;
      if (status !== 0)
        expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(/EMFILE[\s\S]*\nhint: /) });
      expect(stderr).not.toMatch(/bug in ckpt|report this|^ +at /m);
    }
  });

  it('a fetch that finds no room here sends nobody to the remote', () => {
    git(home, 'init', '-q', '--bare', 'cramped.git');
    git(join(home, 'cramped.git'), 'remote', 'add', 'origin', dir);
    // A git that is told of the limit instead of being ended by its signal.
    mkdirSync(join(home, 'limited'));
    const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(join(home, 'limited/git'), `#!/bin/sh\ntrap '' XFSZ\nulimit -f 1\nexec "${real}" "$@"\n`, {
      mode: 0o755,
    });
    const args = ['-C', 'cramped.git', 'fetch', '--engine', 'native'];
    const env = { ...process.env, PATH: `${join(home, 'limited')}${delimiter}${process.env.PATH}` };
    const { status, stderr } = spawnSync(process.execPath, [CKPT, ...args], { cwd: home, encoding: 'utf8', env });
    expect(stderr).toMatch(/File too large/);
    expect(stderr).toMatch(/\nhint: A file would be larger than is permitted/);
    expect(stderr).not.toContain('ls-remote');
    expect(status).toBe(1);
  });

  it('neither HOME nor a folder for temporary files is needed', () => {
    const { code, stderr } = ckpt(['-C', dir, 'list'], { env: { HOME: undefined, TMPDIR: '/nonexistent' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

it.each([
  'EROFS',
  'EACCES',
  'EDQUOT',
  'EIO',
  'ENOTDIR',
  'EISDIR',
  'ENAMETOOLONG',
  'EAGAIN',
  'ENOMEM',
  'EFBIG',
  'EBUSY',
  'ESTALE',
])('%s of a call to the system says what to do', (code) => {
  const error = Object.assign(new Error(`${code}: words`), { code, syscall: 'open' });
  expect(asSystemError(error)).toMatchObject({ code: 'SYSTEM_REFUSED', hint: expect.stringMatching(/\.$/) });
  expect(asSystemError(Object.assign(new Error(code), { code }))).toBeUndefined();
});
