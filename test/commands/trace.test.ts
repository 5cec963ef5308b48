import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../fixtures/git.ts';
import { historyScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ckpt } from './ckpt.ts';

const LINE = /^\d\d:\d\d:\d\d\.\d{3} ckpt trace: \d+\.\d{3} s, \d+ (?:exit \d+|SIG[A-Z]+): git .+$/;

async function repository(): Promise<string> {
  const dir = tempDir();
  await historyScenarios.besideCode(dir);
  return dir;
}

describe('CKPT_TRACE', () => {
  it.each(['1', '2', 'true'])('%s lists each git that ran on stderr, and nothing else there', async (value) => {
    const dir = await repository();
    const { code, stderr } = ckpt(['list'], { cwd: dir, env: { CKPT_TRACE: value } });
    const lines = stderr.split('\n').slice(0, -1);
    expect({ code, odd: lines.filter((line) => !LINE.test(line)) }).toEqual({ code: 0, odd: [] });
    expect(lines.join('\n')).toMatch(/ exit 0: git .*for-each-ref /);
  });

  it('adds to a file, and does not fail where it can’t', async () => {
    const dir = await repository();
    const file = join(dir, 'a trace');
    expect(ckpt(['list'], { cwd: dir, env: { CKPT_TRACE: file } })).toMatchObject({ code: 0, stderr: '' });
    const once = readFileSync(file, 'utf8').split('\n').length;
    expect(ckpt(['list'], { cwd: dir, env: { CKPT_TRACE: file } })).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(file, 'utf8').split('\n').length).toBeGreaterThan(once);
    expect(ckpt(['list'], { cwd: dir, env: { CKPT_TRACE: join(file, 'x') } })).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(['', '0', 'false', 'trace.log'])('says nothing for %j', async (value) => {
    const dir = await repository();
    expect(ckpt(['list'], { cwd: dir, env: { CKPT_TRACE: value } })).toMatchObject({ code: 0, stderr: '' });
  });

  it('shows no password, and keeps a line a line', async () => {
    const dir = await repository();
    git(dir, 'remote', 'add', 'origin', 'https://somebody:secret@127.0.0.1:1/x.git');
    const { stderr } = ckpt(['fetch', 'https://somebody:secret@127.0.0.1:1/a\nb.git'], {
      cwd: dir,
      env: { CKPT_TRACE: '1' },
    });
    expect(stderr).toContain('ckpt trace: ');
    expect(stderr).not.toContain('secret');
    const traced = stderr.split('\n').filter((line) => line.includes('127.0.0.1') && line.includes('ckpt trace'));
    expect(traced.length).toBeGreaterThan(0);
    for (const line of traced) expect(line).toMatch(LINE);
  });
});
