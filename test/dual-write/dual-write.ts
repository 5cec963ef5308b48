import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { complaints, expectConsistent } from '../migrate/support.ts';
import { type RunOptions, run, writeSettings } from './run.ts';

export { BOTH_ENGINES, ENGINES } from '../fixtures/scale.ts';
export * from './run.ts';

/** A new repository with one commit, and with these `strategy_options`; without a settings file where there are none. */
export function newRepository(strategyOptions?: Record<string, unknown>, until: 'test' | 'file' = 'test'): string {
  const dir = initRepository({ dir: join(tempDir(until), 'my project') });
  git(dir, 'commit', '-q', '--allow-empty', '-m', 'first');
  if (strategyOptions !== undefined) writeSettings(dir, { strategy_options: strategyOptions });
  return dir;
}

/** Writes a document with `--from -` and returns the result. Throws where the program fails. */
export function write(dir: string, document: unknown, args: readonly string[] = [], options: RunOptions = {}): Json {
  const input = JSON.stringify(document);
  const { code, stdout, stderr } = run(dir, ['dual-write', '--from', '-', '--json', ...args], { ...options, input });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
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
