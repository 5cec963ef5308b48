import { spawn } from 'node:child_process';
import { programWords } from '../shell/program-files.ts';

/**
 * Starts this program once more, for what hooks have asked for. The process outlives this one, the terminal and a Ctrl-C there, and holds
 * nothing open that a caller waits for. One that can't be started is not a failure: the next hook tries again.
 */
export function startWorker(commonDir: string, engine: string): void {
  const [program, ...words] = programWords();
  const args = ['dual-write', '--quiet', '--hook', 'worker', '--engine', engine, '--repo', commonDir];
  const worker = spawn(program, [...words, ...args], {
    cwd: commonDir, // a work tree may be removed meanwhile
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  worker.on('error', () => undefined);
  worker.unref();
}
