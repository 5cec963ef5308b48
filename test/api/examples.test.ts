import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { A, historyScenarios, realScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');

describe('the example programs', () => {
  let dir = '';
  const run = (name: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(EXAMPLES, name), ...args], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  beforeAll(async () => {
    dir = tempDir('file');
    await historyScenarios.besideCode(dir);
    expect(ckpt(['migrate', '--repo', dir]).code).toBe(0);
  });

  it('are all named in their README, and tried here', () => {
    const programs = readdirSync(EXAMPLES).filter((name) => name.endsWith('.js'));
    const named = readFileSync(join(EXAMPLES, 'README.md'), 'utf8').match(/[a-z-]+\.js/g);
    expect(new Set(named)).toEqual(new Set(programs));
    const here = readFileSync(import.meta.filename, 'utf8');
    for (const program of programs) expect(here).toContain(`run('${program}'`);
  });

  it('nightly-audit.js goes on after one that fails, and ends with 1', () => {
    const whole = run('nightly-audit.js', dir);
    expect(whole).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/: \d+ checkpoints, 0 errors\n$/),
    });
    const { status, stdout } = run('nightly-audit.js', join(dir, 'nowhere'), dir);
    expect(status).toBe(1);
    expect(stdout.split('\n')).toHaveLength(3);
  });

  it('pull-request-comment.js names the checkpoints of the commits', () => {
    const { status, stdout } = run('pull-request-comment.js', dir, 'HEAD');
    expect(status).toBe(0);
    expect(stdout).toContain('1 named by the commits');
    expect(stdout).toContain(`\`${A}\``);
  });

  it('feed-transcripts.js prints a line a session that has a transcript', () => {
    const { status, stdout } = run('feed-transcripts.js', dir);
    expect(status).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const { checkpoint, session, transcript } of lines) {
      const raw = ckpt(['show', checkpoint, '--session', session, '--transcript', '--repo', dir]).stdout;
      expect(Buffer.from(transcript, 'base64').toString()).toBe(raw);
    }
  });

  it('feed-transcripts.js names a transcript that a clone lacks, and goes on', async () => {
    const partial = tempDir();
    await realScenarios.absentTranscript(partial);
    const { status, stdout, stderr } = run('feed-transcripts.js', partial);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(`${A}, session 0: `) });
    expect(stdout.trim().split('\n')).toHaveLength(2);
  });

  it('find the built library', () => expect(existsSync(resolve(EXAMPLES, '../dist/api.js'))).toBe(true));
});
