import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutProgress } from '../fixtures/progress-lines.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ckpt } from './ckpt.ts';

const TRY = resolve(import.meta.dirname, '../../scripts/try.js');

/** Runs what `npm run try` runs after the build, with temporary files in a folder that goes away. */
function runTry(args: readonly string[], cwd: string): { code: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, INIT_CWD: cwd, TMPDIR: cwd };
  const { status, stdout, stderr } = spawnSync(process.execPath, [TRY, ...args], { cwd, env, encoding: 'utf8' });
  return { code: status, stdout, stderr: withoutProgress(stderr) };
}

describe('npm run try', () => {
  it('makes a sample, migrates it, verifies it, and shows what came out', () => {
    const { code, stdout, stderr } = runTry([], tempDir());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Migrated refs/heads/entire/checkpoints/v1: 12 checkpoints, 17 sessions.');
    expect(stdout).toContain('\nCONSISTENT: ');
    expect(stdout).toContain('refs/entire/checkpoints/v2/full/0000000000002');
    expect(stdout).toContain('Merge remote session logs');
  });

  it('works on the repository that is named, from where the user is', () => {
    const cwd = tempDir();
    expect(ckpt(['sample', 'mine.git'], { cwd }).code).toBe(0);
    const { code, stdout } = runTry(['mine.git'], cwd);
    expect(code).toBe(0);
    expect(stdout).toContain(`This migrates ${cwd}/mine.git: it reads the V1 branch and writes refs`);
    expect(stdout).toContain('\nCONSISTENT: ');
  });
});

describe('ckpt migrate and ckpt verify', () => {
  it.each(ENGINES)('keep stdout to one JSON document and end with the documented codes (%s)', (engine) => {
    const cwd = tempDir();
    const run = (args: string[]): { code: number | null; json: Record<string, unknown> } => {
      const { code, stdout, stderr } = ckpt([...args, '--engine', engine, '--json'], { cwd });
      expect(stderr).toBe('');
      return { code, json: JSON.parse(stdout) };
    };
    ckpt(['sample', cwd]);
    expect(run(['verify'])).toMatchObject({ code: 1 });
    expect(run(['migrate', '--dry-run'])).toMatchObject({ code: 0, json: { status: 'planned' } });
    expect(run(['verify'])).toMatchObject({ code: 1 });
    expect(run(['migrate'])).toMatchObject({ code: 0, json: { status: 'migrated' } });
    expect(run(['migrate'])).toMatchObject({ code: 0, json: { status: 'up-to-date' } });
    expect(run(['verify'])).toMatchObject({ code: 0 });
    expect(ckpt(['verify', '--quiet'], { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('end with 0 and say so where there is no V1 branch', () => {
    const cwd = tempDir();
    spawnSync('git', ['init', '--quiet', cwd]);
    const run = ckpt(['migrate', '--json'], { cwd });
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 'no-v1' });
  });

  it('survive a reader that goes away', () => {
    const cwd = tempDir();
    ckpt(['sample', cwd]);
    const shell = `"${process.execPath}" "${resolve(import.meta.dirname, '../../bin/ckpt.js')}" migrate --json | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', shell], { cwd, encoding: 'utf8' });
    expect({ stdout, stderr: withoutProgress(stderr) }).toEqual({ stdout: '0\n', stderr: '' });
  });
});
