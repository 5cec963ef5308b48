import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { git, gitBytes } from '../fixtures/git.ts';
import { peakMemory } from '../fixtures/peak-memory.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { A, A2, badInputScenarios, historyScenarios, realScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { CKPT, ckpt } from './ckpt.ts';

describe.each(ENGINES)('ckpt show and ckpt list (%s)', (engine) => {
  const run = (dir: string, ...args: string[]) => ckpt([...args, '--repo', dir, '--engine', engine]);
  const json = (dir: string, ...args: string[]) => JSON.parse(run(dir, ...args, '--json').stdout);
  let dir = '';

  beforeAll(async () => {
    dir = tempDir('file');
    await realScenarios.gaps(dir);
    expect(run(dir, 'migrate').code).toBe(0);
  });

  it('show the same checkpoint from both layouts, and one session', () => {
    const { code, stdout, stderr } = run(dir, 'show', 'a3');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Checkpoint ${A}: 3 sessions\n {2}read from {3}${V1_REF} .*; also in V2\n`));
    expect(stdout).toContain('\n  V1_SESSION_GAP (1): session numbers with gaps\n');
    expect(json(dir, 'show', A, '--layout', 'v2', '--session', '3')).toMatchObject({
      layout: 'v2',
      sessionCount: 3,
      sessions: [{ session: '3', transcript: { ref: 'refs/entire/checkpoints/v2/full/current' } }],
    });
    expect(run(dir, 'show', A, '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('print a part as it is', () => {
    for (const [flag, name] of [
      ['--transcript', 'full.jsonl'],
      ['--prompts', 'prompt.txt'],
      ['--metadata', 'metadata.json'],
    ] as const) {
      const stored = gitBytes(dir, ['cat-file', 'blob', `${V1_REF}:${shardPath(A)}/2/${name}`]).toString();
      for (const layout of ['v1', 'v2']) {
        expect(run(dir, 'show', A, flag, '--session', '2', '--layout', layout)).toEqual({
          code: 0,
          stdout: stored,
          stderr: '',
        });
      }
    }
  });

  it('end with a code and a hint where they cannot', () => {
    expect(run(dir, 'show', A, '--transcript')).toEqual({
      code: 2,
      stdout: '',
      stderr: `ckpt show: checkpoint ${A} has 3 sessions: 0, 2, 3\nhint: Name one: ckpt show ${A} --transcript --session 3 --repo ${dir}\n`,
    });
    expect(json(dir, 'show', A, '--session', '1')).toMatchObject({ exitCode: 1, error: { code: 'SESSION_NOT_FOUND' } });
    expect(json(dir, 'show', '77')).toMatchObject({ exitCode: 1, error: { code: 'CHECKPOINT_NOT_FOUND' } });
    expect(json(dir, 'show', 'nothex')).toMatchObject({ exitCode: 2, error: { code: 'BAD_CHECKPOINT_ID' } });
    expect(run(dir, 'show').code).toBe(2);
    for (const flags of [
      '--prompts --transcript',
      '--metadata --prompts',
      '--transcript --json',
      '--prompts --quiet',
    ]) {
      expect(run(dir, 'show', A, ...flags.split(' ')).code).toBe(2);
    }
  });

  it('list with stable keys', () => {
    expect(json(dir, 'list', '--limit', '1')).toMatchObject({
      total: 2,
      matching: 2,
      checkpoints: [
        {
          checkpoint: expect.stringMatching(/^[0-9a-f]{12}$/),
          layouts: ['v1', 'v2'],
          createdAt: expect.any(String),
          branch: expect.any(String),
          agents: [expect.any(String)],
          sessionCount: expect.any(Number),
          prompt: expect.any(String),
        },
      ],
    });
    const { stdout } = run(dir, 'list', '--since', '2001-01-01', '--layout', 'v2');
    expect(stdout.split('\n')[0]).toMatch(
      /^checkpoint +date \(UTC\) +branch +agent +sessions +layout +prompt · files$/,
    );
    expect(run(dir, 'list', '--since', 'yesterday')).toMatchObject({ code: 2, stdout: '' });
    expect(run(dir, 'list', '--limit', '0').code).toBe(2);
    expect(json(dir, 'list', '--since', '2h')).toMatchObject({ matching: 0, checkpoints: [] });
  });
});

describe('ckpt show', () => {
  it('lists the candidates of an ambiguous prefix', async () => {
    const dir = tempDir();
    await historyScenarios.merge(dir);
    const { code, stderr } = ckpt(['show', 'a3', '-C', dir]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `2 checkpoints begin with a3:\n  ${A}  do this · README.md\n  ${A2}  do this · README.md\nhint: `,
    );
  });

  it('lets no control character of the repository through, but in a part as it is', async () => {
    const dir = tempDir();
    await badInputScenarios.controlCharacters(dir);
    for (const command of [['show', A], ['list']]) {
      expect(ckpt([...command, '-C', dir]).stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    }
    expect(ckpt(['show', A, '--metadata', '-C', dir]).stdout).toContain('"branch": "main\\u001b[2J');
  });

  it('says where a repository has no checkpoints', () => {
    const dir = tempDir();
    git(dir, 'init', '-q');
    for (const command of [['show', A], ['list']]) {
      expect(ckpt([...command, '-C', dir])).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(
          /neither a V1 branch nor V2 refs.*\nrepository: .*\nhint: This repository has no remote/,
        ),
      });
    }
  });
});

describe('a large transcript', () => {
  const LINE = `${JSON.stringify({ type: 'assistant', text: 'x'.repeat(1000) })}\n`;
  const CHUNK = LINE.repeat(30_000); // 31 MB
  let dir = '';

  beforeAll(() => {
    dir = tempDir('file');
    const v1 = new V1Builder();
    // Joined by a newline, as the pieces of JSONL are.
    const pieces = { 'full.jsonl.001': CHUNK.slice(0, -1), 'full.jsonl.002': CHUNK };
    v1.checkpoint(A, { sessions: [{ transcript: CHUNK.slice(0, -1), files: pieces }] });
    v1.checkpoint(A2, { sessions: [{ transcript: transcriptText('small') }] });
    v1.write(dir);
  });

  it.each(ENGINES)('is streamed, whole, in memory that does not grow with it (%s)', (engine) => {
    const out = join(tempDir(), 'transcript');
    const file = openSync(out, 'w');
    // The largest resident set of a process that read it, beside one that reads a small one.
    const peak = (id: string, stdout: number | 'ignore') => {
      const script = `
        process.argv.splice(1, 0, ${JSON.stringify(CKPT)});
        process.on('exit', () => process.stderr.write(String((${peakMemory})())));
        await import(${JSON.stringify(CKPT)});`;
      const args = ['show', id, '--transcript', '-C', dir, '--engine', engine];
      const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, '--', ...args], {
        stdio: ['ignore', stdout, 'pipe'],
        encoding: 'utf8',
      });
      expect(status).toBe(0);
      return Number(stderr) / 1000;
    };
    const large = peak(A, file);
    closeSync(file);
    const whole = createHash('sha256').update(CHUNK.repeat(3)).digest('hex');
    expect(createHash('sha256').update(readFileSync(out)).digest('hex')).toBe(whole);
    expect(large - peak(A2, 'ignore')).toBeLessThan(130);
  });

  it.each(ENGINES)('may find that its reader went away (%s)', (engine) => {
    const shell = `"${process.execPath}" "${CKPT}" show ${A} --transcript -C "${dir}" --engine ${engine} | head -c 10; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', shell], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: `${LINE.slice(0, 10)}0\n`, stderr: '' });
  });

  it('waits for a slow reader', async () => {
    const child = spawn(process.execPath, [CKPT, 'show', A, '--transcript', '-C', dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let bytes = 0;
    for await (const chunk of child.stdout) {
      bytes += (chunk as Buffer).length;
      if (bytes < 1_000_000) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(bytes).toBe(3 * CHUNK.length);
  });
});
