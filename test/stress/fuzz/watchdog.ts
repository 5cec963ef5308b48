import { Worker } from 'node:worker_threads';

const WATCH = `
const { parentPort, workerData } = require('node:worker_threads');
let last = 'the start';
let timer;
const wait = () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    require('node:fs').writeSync(2, 'HANGS: ' + last + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }, workerData * 1000);
};
parentPort.on('message', (what) => { last = what; wait(); });
wait();
`;

/**
 * Runs `run`, and kills this process where `run` does not call `beat` for so long: a loop without an end runs no timer of its own
 * thread. Says then what it was told last.
 */
export async function withWatchdog<T>(seconds: number, run: (beat: (what: string) => void) => Promise<T>): Promise<T> {
  const watch = new Worker(WATCH, { eval: true, workerData: seconds });
  try {
    return await run((what) => watch.postMessage(what));
  } finally {
    await watch.terminate();
  }
}
