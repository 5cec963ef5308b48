/**
 * The third part of `npm run bench`: what the live view costs. Wall time of a migration of the built program in a
 * pseudo-terminal, with the view and with `--no-progress` in turns, on the generated repositories. No assertions: it prints a
 * table in Markdown.
 *
 *   tsx bench/overhead.ts [--sizes small,large] [--runs 9]
 */
import { parseArgs } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { benchRepository, SIZES } from './generate.ts';
import { environment, machine } from './machine.ts';
import { median, PROGRAM } from './program.ts';
import { WorkCopy } from './work-copy.ts';

/** The goal, as a multiple of the same migration without the view. */
const GOAL = 1.15;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { sizes: { type: 'string', default: 'small,large' }, runs: { type: 'string', default: '9' } },
  });
  const runs = Number(values.runs);
  console.log(`${machine()}\n\n## Overhead of the live view: medians of ${runs} runs\n`);
  console.log(
    '| size | --no-progress | live view | ratio | frames | goal |\n| --- | ---: | ---: | ---: | ---: | --- |',
  );
  for (const size of values.sizes.split(',')) {
    const repository = await benchRepository(SIZES[size as keyof typeof SIZES], console.error);
    const copy = new WorkCopy(repository.dir);
    try {
      console.log(await rowFor(size, copy, runs));
    } finally {
      copy.remove();
    }
  }
}

async function rowFor(size: string, copy: WorkCopy, runs: number): Promise<string> {
  const plain: number[] = [];
  const live: number[] = [];
  let frames = 0;
  // Pass 0 is not counted: it warms the caches. Who goes first changes with each pass.
  for (let pass = 0; pass <= runs; pass++) {
    for (const isLive of pass % 2 === 0 ? [false, true] : [true, false]) {
      copy.restore();
      const run = await migrate(copy.dir, isLive);
      console.error(`${size} ${pass}/${runs} ${isLive ? 'live' : 'plain'}: ${run.seconds.toFixed(3)} s`);
      if (isLive) frames = run.frames;
      if (pass > 0) (isLive ? live : plain).push(run.seconds);
    }
  }
  const ratio = median(live) / median(plain);
  const cells = [
    size,
    `${median(plain).toFixed(3)} s`,
    `${median(live).toFixed(3)} s`,
    `${ratio.toFixed(2)}×`,
    String(frames),
    `≤ ${GOAL}× ${ratio <= GOAL ? '✓' : '✗'}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** One migration in a terminal of 80 columns, to its end. */
function migrate(dir: string, isLive: boolean): Promise<{ seconds: number; frames: number }> {
  const { CI: _, ...env } = environment();
  const args = [PROGRAM, 'migrate', '--repo', dir, ...(isLive ? [] : ['--no-progress'])];
  const start = performance.now();
  const pty = spawn(process.execPath, args, { name: 'xterm-256color', cols: 80, rows: 24, env });
  let output = '';
  pty.onData((data) => {
    output += data;
  });
  return new Promise((done, fail) => {
    pty.onExit(({ exitCode }) => {
      const seconds = (performance.now() - start) / 1000;
      if (exitCode !== 0) fail(new Error(`exit code ${exitCode}: ${output}`));
      else done({ seconds, frames: output.split('\x1b[?2026h').length - 1 });
    });
  });
}

await main();
