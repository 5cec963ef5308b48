import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cleanEnvironment } from '../../fixtures/git.ts';
import type { RotateJob } from './rotate-child.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const SCRIPT = fileURLToPath(new URL('rotate-child.ts', import.meta.url));

/** How a child ended. */
export interface RotateEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Rotates in a process of its own. */
export function startRotation(job: RotateJob): Promise<RotateEnd> {
  const args = ['--import', TSX, SCRIPT, JSON.stringify(job)];
  const child = spawn(process.execPath, args, { env: cleanEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Not `close`: a git that outlives the child keeps its stderr open.
    child.once('exit', (code, signal) => resolve({ code, signal, stderr }));
  });
}
