import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, refs } from '../fixtures/git.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { historyScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ckpt } from './ckpt.ts';

describe.each(ENGINES)('ckpt status (%s)', (engine) => {
  const run = (dir: string, ...args: string[]) => ckpt([...args, '--engine', engine], { cwd: dir, env: { HOME: dir } });

  it('says where a repository stands; the commands that it suggests mend it', async () => {
    const dir = tempDir();
    await historyScenarios.besideCode(dir);
    mkdirSync(join(dir, '.entire'));
    writeFileSync(join(dir, '.entire/settings.json'), '{"strategy_options":{"checkpoints_v2":true}}');
    const before = refs(dir);
    const suggested = () => {
      const { code, stdout, stderr } = run(dir, 'status', '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { problems } = JSON.parse(stdout) as { problems: Array<{ code: string; commands: string[] }> };
      return problems.flatMap(({ code, commands }) => (code === 'GENERATION_PAST_RETENTION' ? [] : commands));
    };
    expect(suggested()).toEqual(['ckpt migrate', 'ckpt hooks install']);
    expect(refs(dir)).toEqual(before);
    for (const command of suggested()) expect(run(dir, ...command.split(' ').slice(1)).code).toBe(0);
    expect(suggested()).toEqual([]);
    const { code, stdout } = run(dir, 'status');
    expect(code).toBe(0);
    expect(stdout).toContain(`${dir}\nckpt `);
    expect(stdout).toMatch(/\n {2}V1 +1 +1 +0 +-\n {2}V2 +1 +1 +0 +0\n/);
    expect(stdout).toMatch(/\n {2}V1 +refs\/heads\/entire\/checkpoints\/v1 at \w{10}, 1 commit\n/);
    expect(stdout).toContain('\n  V2 and V1: all of V1 is projected\n');
    expect(stdout).toMatch(/\n {2}current {2}\[#-{19}\] {2}1\/100 /);
    expect(stdout).toMatch(/\n {2}checkpoints_v2 +true +\.entire\/settings\.json\n/);
    expect(stdout).toMatch(/\nHooks that run the mirror: post-commit, post-merge, post-rewrite, pre-push\n/);
    expect(run(dir, 'status', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('gives a branch of its own to who has only the copy of origin', async () => {
    const dir = tempDir();
    await historyScenarios.remoteOnly(dir);
    const { stdout } = run(dir, 'status');
    const command = /\n {4}git (branch .*)\n/.exec(stdout)?.[1] ?? '';
    git(dir, ...command.split(' '));
    expect(JSON.parse(run(dir, 'status', '--json').stdout)).toMatchObject({
      layouts: [{ layout: 'v1', isRemoteCopy: false }],
    });
  });

  it('ends with 3 where there is no repository', () => {
    expect(run(tempDir(), 'status').code).toBe(3);
  });
});
