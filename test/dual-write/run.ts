import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CKPT, type Run } from '../commands/ckpt.ts';
import { cleanEnvironment } from '../fixtures/git.ts';
import { outputOf } from '../fixtures/output-of.ts';
import { withoutProgress } from '../fixtures/progress-lines.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';

// Without vitest: `npm run stress` uses this too.

/** `strategy_options` that turn V2 on. */
export const DUAL = { checkpoints_v2: true };

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
  return { code: status, stdout, stderr: withoutProgress(stderr) };
}

/** As `run`, without blocking this process. */
export function runAsync(dir: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const child = spawn(process.execPath, [CKPT, ...args], { cwd: dir, env: { ...cleanEnvironment(), ...options.env } });
  const output = outputOf(child);
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: output.stdout, stderr: withoutProgress(output.stderr) }));
  });
}
