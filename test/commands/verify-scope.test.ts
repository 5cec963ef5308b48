import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { git } from '../fixtures/git.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { migrateIn } from '../migrate/support.ts';
import { ckpt } from './ckpt.ts';

const dir = join(tempDir('file'), 'repo');
const run = (...args: string[]) => ckpt(['verify', '--repo', dir, ...args]);

beforeAll(async () => {
  const v1 = new V1Builder();
  v1.checkpoint(A);
  v1.checkpoint(B);
  v1.write(dir);
  await migrateIn(dir);
  const commit = (message: string, ...parents: string[]) =>
    git(dir, 'commit-tree', ...parents, '-m', message, `${V1_REF}^{tree}`);
  const first = commit(`one\n\nEntire-Checkpoint: ${A}`);
  const second = commit('two\n\nEntire-Checkpoint: ffffffffffff', '-p', first);
  git(dir, 'update-ref', 'refs/heads/work', second);
});

describe('ckpt verify --commits and --since', () => {
  it('look at what they name alone, and say so', () => {
    const { code, stdout } = run('--commits', 'work~1');
    expect(code).toBe(0);
    expect(stdout).toContain('neither history nor generations (1 commit of yours read).');
    expect(JSON.parse(run('--since', `${V1_REF}~1`, '--json').stdout).scope).toEqual({
      checkpoints: [B],
      commitCount: 0,
    });
  });

  it('take the first digits of an ID, and none that fits several or nothing', () => {
    expect(JSON.parse(run(B.slice(0, 4), '--json').stdout).scope.checkpoints).toEqual([B]);
    expect(run('fffff').code).toBe(1);
  });

  it('name the commit whose trailer leads nowhere', () => {
    const { code, stdout } = run('--commits', 'work~1..work', '--format', 'text');
    expect(code).toBe(1);
    expect(stdout).toContain('TRAILER_UNRESOLVED');
    expect(stdout).toContain(
      `the commit ${git(dir, 'rev-parse', 'work').slice(0, 10)} names the checkpoint ffffffffffff`,
    );
  });

  it('take an ID in upper case, and leave a ULID to git-refs where a clone has none', () => {
    const commit = (id: string) => git(dir, 'commit-tree', '-m', `x\n\nEntire-Checkpoint: ${id}`, `${V1_REF}^{tree}`);
    const ulid = '01JZX4T9QK3M8V7W6P5R4S3T2A';
    git(dir, 'update-ref', 'refs/heads/upper', commit(A.toUpperCase()));
    git(dir, 'update-ref', 'refs/heads/ulid', commit(ulid));
    const findings = (rev: string) => JSON.parse(run('--commits', rev, '--json').stdout).findings;
    expect(findings('upper')).toEqual([]);
    expect(findings('ulid')).toEqual([]);
    // Where the clone has git-refs, a ULID that is not among them leads nowhere.
    git(dir, 'update-ref', 'refs/entire/checkpoints/f7/a3b2c4d5e6f7', commit('none'));
    expect(findings('ulid')).toMatchObject([{ code: 'TRAILER_UNRESOLVED', checkpoint: ulid }]);
    git(dir, 'update-ref', `refs/entire/checkpoints/2A/${ulid}`, commit('none'));
    expect(findings('ulid')).toMatchObject([{ code: 'CHECKPOINT_ONLY_IN_REFS', severity: 'note', checkpoint: ulid }]);
  });

  it.each([
    [['--commits', 'main..work'], 3, 'UNKNOWN_REVISION'],
    [['--commits', '-p'], 2, 'BAD_RANGE'],
    [['--since', 'work'], 2, 'BAD_SINCE'],
  ])('%s: an error with exit code %d', (args, exitCode, error) => {
    const { code, stdout } = run(...args, '--json');
    expect(code).toBe(exitCode);
    expect(JSON.parse(stdout).error.code).toBe(error);
  });
});
