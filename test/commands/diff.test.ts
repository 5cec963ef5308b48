import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENGINES } from '../fixtures/scale.ts';
import { A, realScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath } from '../fixtures/v1-builder.ts';
import { editTip } from '../verify/damage.ts';
import { ckpt } from './ckpt.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';

describe.each(ENGINES)('ckpt diff (%s)', (engine) => {
  it('ends with 0 where there is no difference, with 1 and the lines where there is one', async () => {
    const dir = join(tempDir(), 'repo');
    await realScenarios.plain(dir);
    const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
      ckpt([...args, '--repo', dir, '--engine', engine], { env });
    expect(run(['diff', A])).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('ckpt migrate') });
    expect(run(['migrate']).code).toBe(0);
    expect(run(['diff', A.slice(0, 3)])).toEqual({
      code: 0,
      stdout: `Checkpoint ${A}: V2 has what V1 gives it.\n`,
      stderr: '',
    });
    editTip(dir, MAIN, { [`${shardPath(A)}/0/prompt.txt`]: 'Something else' });
    const { code, stdout } = run(['diff', A]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^prompts 0\/prompt\.txt: differs/m);
    expect(stdout).toMatch(/^\+Something else$/m);
    expect(stdout).not.toContain('\u001b');
    expect(run(['diff', A], { FORCE_COLOR: '1' }).stdout).toContain('\u001b[32m+Something else\u001b[39m');
    const json = run(['diff', A, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      checkpoint: A,
      layouts: ['v1', 'v2'],
      files: [{ part: 'prompts', path: '0/prompt.txt', change: 'changed', ref: MAIN }],
    });
    expect(run(['diff', 'ffff', '--json'])).toMatchObject({ code: 1 });
    expect(JSON.parse(run(['diff', 'ffff', '--json']).stdout)).toMatchObject({
      error: { code: 'CHECKPOINT_NOT_FOUND' },
    });
  });
});
