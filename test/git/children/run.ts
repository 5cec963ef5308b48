import { spawn } from 'node:child_process';
import { builtChild } from '../../fixtures/child.ts';

/** Runs a script of this folder in a process of its own; resolves to its exit code or the signal that ended it, and stderr. */
export function runChild(
  script: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<{ ended: number | string | null; stderr: string }> {
  const child = spawn(process.execPath, [builtChild(new URL(script, import.meta.url)), ...args], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ ended: signal ?? code, stderr }));
  });
}
