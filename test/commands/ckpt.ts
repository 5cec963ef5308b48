import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { withoutProgress } from '../fixtures/progress-lines.ts';

/** The built program. */
export const CKPT = resolve(import.meta.dirname, '../../bin/ckpt.js');

/** What a run of the program left behind. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  /** Without the lines of progress. */
  readonly stderr: string;
}

/** Runs the built program to its end, in an environment that knows of no repository. */
export function ckpt(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Run {
  const env: NodeJS.ProcessEnv = {};
  for (const [key, value] of Object.entries(process.env)) {
    if (!key.startsWith('GIT_') && !key.startsWith('CKPT_')) env[key] = value;
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [CKPT, ...args], {
    cwd: options.cwd ?? import.meta.dirname,
    env: { ...env, ...options.env },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr: withoutProgress(stderr) };
}
