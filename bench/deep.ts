/**
 * Wall time and memory of `ckpt verify --deep`, beside `git cat-file --batch` over the same transcripts piped to `sha256sum`, in the
 * same run. Part of `npm run bench`; prints a table in Markdown.
 *
 *   tsx bench/deep.ts [--sizes small] [--engines native,isomorphic] [--runs 5]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchRepository, SIZES } from './generate.ts';
import { environment, machine } from './machine.ts';
import { WorkCopy } from './work-copy.ts';

const PROGRAM = join(resolve(import.meta.dirname, '..'), 'bin', 'ckpt.js');
const V1 = 'refs/heads/entire/checkpoints/v1';
/** As a multiple of the reference, on two cores: the issue's. */
const GOAL = 1;
/** What GNU time is asked for: the peak resident set of the largest process, in KiB. */
const TIME = ['/usr/bin/time', '-f', '%M'] as const;

interface Sample {
  readonly seconds: number;
  /** In bytes; of ckpt, and of a git that it waits for. */
  readonly memory: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: 'small' },
      engines: { type: 'string', default: 'native,isomorphic' },
      runs: { type: 'string', default: '5' },
    },
  });
  console.log(`${machine()}\n\n## verify --deep: medians of ${values.runs} runs\n`);
  for (const size of values.sizes.split(',')) {
    const repository = await benchRepository(SIZES[size as keyof typeof SIZES], console.error);
    const copy = new WorkCopy(repository.dir);
    const scratch = mkdtempSync(join(tmpdir(), 'ckpt-deep-'));
    try {
      run([process.execPath, PROGRAM, 'migrate', '--repo', copy.dir, '--quiet']);
      const { ids, bytes } = transcriptsOf(copy.dir);
      const list = join(scratch, 'ids');
      writeFileSync(list, `${ids.join('\n')}\n`);
      console.log(`${size}: ${ids.length} distinct transcripts at the tip, ${Math.round(bytes / 1e6)} MB\n`);
      print(measure(copy.dir, list, values.engines.split(','), Number(values.runs)));
    } finally {
      copy.remove();
      rmSync(scratch, { recursive: true });
    }
  }
}

function transcriptsOf(dir: string): { ids: string[]; bytes: number } {
  const tree = run(['git', '-C', dir, 'ls-tree', '-r', V1]).split('\n');
  const ids = [
    ...new Set(tree.filter((line) => /full\.(?:jsonl|log)/.test(line)).map((line) => line.split(/[ \t]/)[2] ?? '')),
  ];
  const sizes = run(['git', '-C', dir, 'cat-file', '--batch-check=%(objectsize)'], `${ids.join('\n')}\n`)
    .trim()
    .split('\n');
  return { ids, bytes: sizes.reduce((sum, size) => sum + Number(size), 0) };
}

/** Everything once in each run, in turns; the first run warms the caches and is not counted. */
function measure(dir: string, list: string, engines: readonly string[], runs: number): Map<string, Sample[]> {
  const reference = `git -C '${dir}' cat-file --batch < '${list}' | sha256sum`;
  const tasks = new Map([['`git cat-file --batch \\| sha256sum`', ['sh', '-c', reference]]]);
  for (const engine of engines) {
    const args = [process.execPath, PROGRAM, 'verify', '--deep', '--repo', dir, '--engine', engine, '--json'];
    tasks.set(`verify --deep, ${engine}`, args);
  }
  const samples = new Map<string, Sample[]>([...tasks.keys()].map((name) => [name, []]));
  for (let pass = 0; pass <= runs; pass++) {
    for (const [name, args] of tasks) {
      const sample = timed(args);
      if (pass > 0) samples.get(name)?.push(sample);
      console.error(`${pass}/${runs} ${name}: ${sample.seconds.toFixed(2)} s`);
    }
  }
  return samples;
}

function timed(args: readonly string[]): Sample {
  const [program = '', ...rest] = [...TIME, ...args];
  const start = performance.now();
  const { status, stderr } = spawnSync(program, rest, { env: environment(), maxBuffer: 1 << 30 });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return { seconds, memory: Number(stderr.toString().trim().split('\n').at(-1)) * 1024 };
}

function print(samples: ReadonlyMap<string, readonly Sample[]>): void {
  const [first] = samples.values();
  const base = median((first ?? []).map(({ seconds }) => seconds));
  console.log('| command | median | to the reference | goal | largest process |\n| --- | ---: | ---: | --- | ---: |');
  for (const [name, all] of samples) {
    const seconds = median(all.map((sample) => sample.seconds));
    const ratio = seconds / base;
    const goal = name.endsWith('native') ? `≤ ${GOAL}× ${ratio <= GOAL ? '✓' : '✗'}` : '';
    const memory = Math.round(Math.max(...all.map((sample) => sample.memory)) / 1e6);
    console.log(`| ${name} | ${seconds.toFixed(2)} s | ${ratio.toFixed(2)}× | ${goal} | ${memory} MB |`);
  }
  console.log('');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

function run(args: readonly string[], input = ''): string {
  const [program = '', ...rest] = args;
  const { status, stdout, stderr } = spawnSync(program, rest, { input, env: environment(), maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout.toString();
}

await main();
