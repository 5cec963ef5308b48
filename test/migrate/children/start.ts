import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtChild } from '../../fixtures/child.ts';
import { cleanEnvironment } from '../../fixtures/git.ts';
import { outputOf } from '../../fixtures/output-of.ts';
import type { ChildJob } from './migrate-child.ts';

const SCRIPT = new URL('migrate-child.ts', import.meta.url);

/** How a child ended. */
export interface ChildEnd {
  /** Its process ID, which is that of its group too. */
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether its work was finished: it says so, and nothing else. */
  readonly done: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Migrates, or does what another script does, in a process of its own, which leads a process group of its own. */
export function startChild<J extends object = ChildJob>(job: J, script = SCRIPT): Promise<ChildEnd> {
  const child = spawn(process.execPath, [builtChild(script), JSON.stringify(job)], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = outputOf(child);
  const said = once(child.stdout, 'close');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Not `close`, which waits for stderr too: a git that outlives the child keeps that open.
    child.once('exit', (code, signal) =>
      said.then(
        () => resolve({ pid: child.pid as number, code, signal, done: output.stdout === 'done', ...output }),
        reject,
      ),
    );
  });
}
