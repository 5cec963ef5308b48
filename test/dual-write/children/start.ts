import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cleanEnvironment } from '../../fixtures/git.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** How a child ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of this folder with a job, in a process that leads a process group of its own. */
export function startChild(script: string, job: unknown): Promise<ChildEnd> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, ['--import', TSX, path, JSON.stringify(job)], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Not `close`: a git that outlives the child keeps its stderr open.
    child.once('exit', (code, signal) => setImmediate(() => resolve({ code, signal, stdout, stderr })));
  });
}
