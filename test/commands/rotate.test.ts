import { describe, expect, it } from 'vitest';
import { git } from '../fixtures/git.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ckpt } from './ckpt.ts';

const FULL = 'refs/entire/checkpoints/v2/full/';

describe.each(ENGINES)('ckpt rotate (%s)', (engine) => {
  it('archives, says so, and leaves a V2 that verifies', () => {
    const cwd = tempDir();
    const run = (...args: string[]) => ckpt([...args, '--engine', engine], { cwd });
    const json = (...args: string[]) => {
      const { code, stdout, stderr } = run(...args, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout);
    };
    ckpt(['sample', cwd]);
    expect(json('rotate')).toMatchObject({ status: 'nothing-to-do', reason: 'no-current' });
    expect(run('rotate').stdout).toContain('Nothing to do: there is no full/current here.');
    run('migrate', '--quiet');
    const before = git(cwd, 'for-each-ref', FULL);
    expect(json('rotate')).toMatchObject({ status: 'nothing-to-do', reason: 'not-full' });
    const planned = json('rotate', '--max-checkpoints', '5', '--dry-run');
    expect(planned).toMatchObject({ status: 'planned', maxCheckpoints: 5, dryRun: true });
    expect(git(cwd, 'for-each-ref', FULL)).toBe(before);
    const { code, stdout } = run('rotate', '--max-checkpoints', '5');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Archived \d generations?\.\n/);
    for (const { ref, new: id } of planned.refs) expect(git(cwd, 'rev-parse', ref)).toBe(id);
    expect(json('rotate', '--force')).toMatchObject({ status: 'rotated', force: true, currentCheckpointCount: 0 });
    expect(json('rotate', '--force')).toMatchObject({ status: 'nothing-to-do', reason: 'empty' });
    expect(json('verify')).toMatchObject({ counts: { errors: 0 } });
    expect(json('migrate')).toMatchObject({ status: 'up-to-date' });
  });
});

it('refuses a generation that can hold nothing, as wrong usage', () => {
  expect(ckpt(['rotate', '--max-checkpoints', '0', '--json'], { cwd: tempDir() }).code).toBe(2);
});
