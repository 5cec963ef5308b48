import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CKPT, ckpt } from '../commands/ckpt.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';

describe.each(ENGINES)('ckpt hooks (%s)', (engine) => {
  const run = (dir: string, ...args: string[]) => ckpt(['hooks', ...args, '--engine', engine], { cwd: dir });

  it('installs, tells, and uninstalls', () => {
    const dir = initRepository({ dir: tempDir() });
    mkdirSync(join(dir, '.claude'));
    expect(run(dir, 'install', '--json')).toMatchObject({ code: 0, stderr: '' });
    const text = run(dir, 'status').stdout;
    expect(text.match(/ installed /g)).toHaveLength(5);
    expect(text).toMatch(/\nThe mirror has not run here yet\.\n$/);
    const status = JSON.parse(run(dir, 'status', '--json').stdout);
    expect(status).toMatchObject({ git: { manager: null }, agents: [{ state: 'installed' }], lastRun: null });
    expect(status.targets).toEqual([]);
    expect(text).toContain(
      '\nNo layout is kept in step with V1 yet. To have V2 follow: ckpt hooks install --mirror v2\n',
    );
    mkdirSync(join(dir, '.entire'));
    writeFileSync(join(dir, '.entire/settings.json'), '{ "strategy_options": { "checkpoints_v2": true } }');
    git(dir, 'config', 'ckpt.mirror', 'refs');
    expect(run(dir, 'status').stdout).toContain('\nKept in step: V2, git-refs.\n');
    expect(run(dir, 'install', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(run(dir, 'uninstall').stdout.match(/removed with its file/g)).toHaveLength(5);
    expect(existsSync(join(dir, '.git/hooks/post-commit'))).toBe(false);
  });

  it('does what its flags name, and nothing else', () => {
    const dir = initRepository({ dir: tempDir() });
    mkdirSync(join(dir, '.claude'));
    const json = (...args: string[]) => JSON.parse(run(dir, ...args, '--json').stdout);
    expect(json('install', '--git')).toMatchObject({ git: {}, agents: [] });
    expect(json('uninstall', '--git').places).toHaveLength(4);
    expect(json('install', '--agent', 'claude-code')).toMatchObject({ git: null, agents: [{ action: 'created' }] });
    expect(existsSync(join(dir, '.git/hooks/post-commit'))).toBe(false);
    expect(json('uninstall', '--agent', 'claude-code').places).toHaveLength(1);
    expect(run(dir, 'install', '--agent', 'nobody').code).toBe(2);
  });

  it('names each setting that an uninstall takes out', () => {
    const dir = initRepository({ dir: tempDir() });
    run(dir, 'install', '--git', '--mirror', 'v2', '--push', '--background');
    expect(run(dir, 'uninstall', '--git').stdout).toMatch(
      /\n\nNo longer kept in step \(ckpt\.mirror\): v2\nNo longer set: ckpt\.push, ckpt\.background\n$/,
    );
    expect(git(dir, 'config', '--local', '--list')).not.toContain('ckpt.');
    expect(run(dir, 'uninstall', '--git').stdout).not.toContain('No longer');
  });

  it('names a folder in the place of a hook, and changes nothing', () => {
    const dir = initRepository({ dir: tempDir() });
    const path = join(realpathSync(dir), '.git/hooks/post-commit');
    mkdirSync(path, { recursive: true });
    for (const args of [['install', '--git'], ['status'], ['uninstall']]) {
      const { code, stderr } = run(dir, ...args);
      expect(code).toBe(1);
      expect(stderr).toContain(`${path} can't be read: it is a folder`);
      expect(stderr).toContain('hint: Move what lies there elsewhere, then run the command again');
    }
    expect(ckpt(['status', '--engine', engine], { cwd: dir }).code).toBe(0);
  });

  it('ends with 1 where something is left to do, also quietly', () => {
    const dir = initRepository({ dir: tempDir() });
    git(dir, 'config', 'core.hooksPath', '.husky/_');
    const { code, stdout } = run(dir, 'install', '--quiet');
    expect(code).toBe(1);
    expect(stdout).toContain('husky owns the hooks. Add the mirror by hand:\n');
    expect(stdout).toContain(`c='${realpathSync(CKPT)}'; `);
    expect(run(dir, 'status').code).toBe(0);
  });

  it('ends with 3 where it is not possible, and with 1 where settings are broken', () => {
    const dir = initRepository({ dir: tempDir(), bare: true });
    const failed = run(dir, 'install', '--agent', 'claude-code');
    expect(failed).toMatchObject({ code: 3, stdout: '' });
    expect(failed.stderr).toContain('hint: Run the command in a work tree');
    const other = initRepository({ dir: tempDir() });
    mkdirSync(join(other, '.claude'));
    writeFileSync(join(other, '.claude/settings.json'), '{');
    expect(run(other, 'install')).toMatchObject({ code: 1, stdout: '' });
  });
});

it('ckpt hooks with a mistyped word suggests the command', () => {
  expect(ckpt(['hooks', 'instal']).stderr).toContain('hint: Did you mean: ckpt hooks install\n');
});
