import { describe, expect, it } from 'vitest';
import { git } from '../fixtures/git.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { editTip } from '../verify/damage.ts';
import { ckpt } from './ckpt.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';

describe.each(ENGINES)('ckpt repair (%s)', (engine) => {
  it('lists, mends, verifies again, and says what it left', () => {
    const cwd = tempDir();
    const run = (...args: string[]) => ckpt([...args, '--engine', engine], { cwd });
    ckpt(['sample', cwd]);
    run('migrate', '--quiet');
    expect(run('repair')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing to do: verify finds no error'),
    });
    const [first = ''] = git(cwd, 'ls-tree', '--name-only', CURRENT).split('\n');
    editTip(cwd, CURRENT, { [first]: null });
    const before = git(cwd, 'for-each-ref');
    const planned = JSON.parse(run('repair', '--dry-run', '--json').stdout);
    expect(planned).toMatchObject({ ok: true, status: 'planned', dryRun: true, verified: null });
    expect(git(cwd, 'for-each-ref')).toBe(before);
    expect(run('repair', '--dry-run').stdout).toContain('Dry run, nothing was written. To be mended: ');
    const { code, stdout } = run('repair');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Verified again: V2 is consistent with V1.'),
    });
    for (const { ref, new: id } of planned.refs) expect(git(cwd, 'rev-parse', ref)).toBe(id);
    expect(JSON.parse(run('verify', '--json').stdout)).toMatchObject({ ok: true });

    editTip(cwd, MAIN, { 'README.md': 'by hand\n' });
    const left = run('repair');
    expect(left.code).toBe(1);
    expect(left.stdout).toContain('Left: error FILE_EXTRA (1): V1 does not have it');
    expect(JSON.parse(run('repair', '--json').stdout)).toMatchObject({
      ok: false,
      status: 'nothing-mended',
      refs: [],
    });
  });
});

it('refuses a generation that can hold nothing, as wrong usage', () => {
  expect(ckpt(['repair', '--max-checkpoints', '0', '--json'], { cwd: tempDir() }).code).toBe(2);
});
