import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { cleanEnvironment } from '../fixtures/git.ts';
import { outputOf } from '../fixtures/output-of.ts';

const CKPT = resolve(import.meta.dirname, '../../bin/ckpt.js');

/** A run of the built program that goes on beside the test. */
export interface Running {
  readonly child: ChildProcess;
  /** How it ended: code, or the signal that ended it, and what it printed. */
  readonly ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
}

/** Starts the built program; clones go to a cache of this test alone. */
export function startCkpt(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [CKPT, ...args], {
    cwd,
    env: { ...cleanEnvironment(), XDG_CACHE_HOME: `${cwd}/cache`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = outputOf(child);
  const ended = new Promise<Awaited<Running['ended']>>((settle) => {
    child.on('close', (code, signal) => settle({ code, signal, ...output }));
  });
  return { child, ended };
}
