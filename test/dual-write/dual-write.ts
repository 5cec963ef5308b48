import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { CKPT, type Run } from '../commands/ckpt.ts';
import { cleanEnvironment, git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';
import { complaints, expectConsistent } from '../migrate/support.ts';

export const ENGINES = ['native', 'isomorphic'] as const;

/** `strategy_options` that turn V2 on. */
export const DUAL = { checkpoints_v2: true };

/** A new repository with one commit, and with these `strategy_options`; without a settings file where there are none. */
export function newRepository(strategyOptions?: Record<string, unknown>, until: 'test' | 'file' = 'test'): string {
  const dir = initRepository({ dir: join(tempDir(until), 'my project') });
  git(dir, 'commit', '-q', '--allow-empty', '-m', 'first');
  if (strategyOptions !== undefined) writeSettings(dir, { strategy_options: strategyOptions });
  return dir;
}

/** Writes `.entire/settings.json`, or another file there. */
export function writeSettings(dir: string, settings: unknown, name = 'settings.json'): void {
  const path = join(dir, '.entire', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof settings === 'string' ? settings : JSON.stringify(settings));
}

/** The ID of the n-th checkpoint. */
export function checkpointId(n: number): string {
  return createHash('sha1').update(`dual-write ${n}`).digest('hex').slice(0, 12);
}

/** A document for the n-th checkpoint, changed by `fields`. */
export function documentOf(n: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    checkpoint_id: checkpointId(n),
    session_id: `session-${n}`,
    metadata: {
      created_at: new Date(1.76e12 + n * 3.6e6).toISOString(),
      branch: 'main',
      checkpoints_count: 1,
      files_touched: [`src/file-${n}.ts`],
      agent: 'Claude Code',
      model: 'claude',
    },
    prompts: [`Do task ${n}`],
    transcript: { text: transcriptText(`t${n}`) },
    ...fields,
  };
}

export interface RunOptions {
  readonly input?: string;
  /** Added to the clean environment; `undefined` takes a variable out. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built program in `dir`. */
export function run(dir: string, args: readonly string[], options: RunOptions = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CKPT, ...args], {
    cwd: dir,
    env: { ...cleanEnvironment(), ...options.env },
    input: options.input ?? '',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr };
}

/** As `run`, without blocking this process. */
export function runAsync(dir: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const child = spawn(process.execPath, [CKPT, ...args], { cwd: dir, env: { ...cleanEnvironment(), ...options.env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Writes a document with `--from -` and returns the result. Throws where the program fails. */
export function write(dir: string, document: unknown, args: readonly string[] = [], options: RunOptions = {}): Json {
  const input = JSON.stringify(document);
  const { code, stdout, stderr } = run(dir, ['dual-write', '--from', '-', '--json', ...args], { ...options, input });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Json;
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into it and fails where it is not as expected
export type Json = any;

/** A file of a commit's tree. */
export function fileOf(dir: string, ref: string, path: string): string {
  return git(dir, 'cat-file', 'blob', `${ref}:${path}`);
}

/** The paths below a folder of a commit's tree. */
export function filesOf(dir: string, ref: string, folder: string): string[] {
  const list = git(dir, 'ls-tree', '-r', '--name-only', `${ref}:${folder}`);
  return list.split('\n').filter(Boolean);
}

/** The log of V2 failures, a value for each line. */
export function failureLog(dir: string): Array<{ at: string; code: string; message: string }> {
  const path = join(dir, '.git/ckpt/dual-write.log');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

export function lastRun(dir: string): { at: string; outcome: string; durationMs: number } {
  return JSON.parse(readFileSync(join(dir, '.git/ckpt/last-run.json'), 'utf8'));
}

/** Verify finds nothing to complain about, nor does git. */
export async function expectVerified(dir: string, options: { maxCheckpoints?: number } = {}): Promise<void> {
  await expectConsistent(dir, options);
  expect(complaints(dir)).toEqual([]);
}

/** Runs the mirror, and expects that there is nothing to be said about it. */
export function expectSilentMirror(dir: string, args: readonly string[] = [], options: RunOptions = {}): void {
  expect(run(dir, ['dual-write', ...args], options)).toEqual({ code: 0, stdout: '', stderr: '' });
}
