/**
 * `npm run bench`: wall time and memory of the built program on generated repositories, beside what git itself takes to walk
 * the same history. No assertions: it prints a table in Markdown (stdout); progress goes to stderr.
 *
 *   npx tsx bench/run.ts [--sizes small,large] [--engines native,isomorphic] [--runs 5] [--timeout SECONDS] [--store FILE] [--compare FILE]
 *
 * `--store` keeps what was measured, and `--compare` says what takes over a tenth more than in such a file, by the ratios to the reference.
 *
 * Each run does everything once, one after the other, so that all commands see the same machine: `node -e 0`, the reference
 * (`git log --raw -m`), and for each engine a first migration, verify, a migration with nothing to do, status and list, then the same between
 * other layouts, and the ways back. Between engines the repository is put back to what it was. Memory is measured in a pass of its own, since looking takes time.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Measured, storeAndCompare } from './compare.ts';
import { type BenchRepository, benchRepository, SIZES } from './generate.ts';
import { environment, machine } from './machine.ts';
import { MemorySampler } from './memory-sampler.ts';
import { WorkCopy } from './work-copy.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'bin', 'ckpt.js');
const V1 = 'refs/heads/entire/checkpoints/v1';
const V1_REST = 'refs/ckpt/v1-rest';
const LINUX = process.platform === 'linux';
/** GNU time, which says what a command and all processes that it waited for took of the processors. */
const GNU_TIME = '/usr/bin/time';
/** Goals with the native engine, as multiples of the reference: the issue's. */
const GOALS: Readonly<Record<string, number>> = {
  migrate: 4,
  verify: 2.5,
  'nothing to do': 1.2,
  status: 3,
  'V1 to git-refs': 8,
  'verify V1 and git-refs': 4,
  'V1 to git-refs, nothing to do': 2,
  'git-refs to V1, nothing to do': 2,
  'V2 to V1, nothing to do': 2,
  'V2 to V1': 8,
  'git-refs to V1': 8,
};

/** Goals for the memory of the whole tree of processes with the native engine, in bytes. */
const MEMORY_GOALS: Readonly<Record<string, number>> = { small: 250e6, large: 600e6, huge: 1e9, vast: 1e9 };

interface Task {
  /** The row of the table. */
  readonly name: string;
  readonly engine: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Refs that go before it, where it is there to bring them back. */
  readonly without?: readonly string[];
}

interface Sample {
  readonly seconds: number;
  /** User and system time of all processes, in seconds; absent where it was not measured. */
  readonly processor?: number | undefined;
  /** Set where the command failed or took too long. */
  readonly failure: string | undefined;
  /** Largest resident set of a single process of the tree, in bytes. */
  readonly largest?: number;
  /** Greatest sum over the tree at one moment: all resident memory, and the part of it that is not a file's. */
  readonly resident?: number;
  readonly anonymous?: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: 'small,large' },
      engines: { type: 'string', default: 'native,isomorphic' },
      runs: { type: 'string', default: '5' },
      timeout: { type: 'string', default: '1200' },
      store: { type: 'string' },
      compare: { type: 'string' },
      /** Another program in place of `bin/ckpt.js`, to try the harness. */
      program: { type: 'string', default: PROGRAM },
    },
  });
  const sizes = values.sizes.split(',');
  const unknown = sizes.filter((size) => !(size in SIZES));
  const runs = Number(values.runs);
  if (unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
    console.error(`--sizes takes ${Object.keys(SIZES).join(', ')}; --runs takes a number from 1 on`);
    return 2;
  }
  if (values.program === PROGRAM && !existsSync(join(ROOT, 'dist', 'main.js'))) {
    console.error('The program is not built. Run: npm run build');
    return 1;
  }
  console.log(`${machine()}\n`);
  const measured: Record<string, Record<string, Measured>> = {};
  for (const size of sizes) {
    const repository = await benchRepository(SIZES[size as keyof typeof SIZES], console.error);
    const copy = new WorkCopy(repository.dir);
    try {
      const tasks = values.engines.split(',').map((engine) => tasksOf(values.program, copy.dir, engine));
      const { report, commands } = await benchmark(size, repository, copy, tasks, runs, Number(values.timeout) * 1000);
      console.log(report);
      measured[size] = commands;
    } finally {
      copy.remove();
    }
  }
  const file = { machine: machine(), at: new Date().toISOString(), sizes: measured };
  for (const line of storeAndCompare(file, values.store, values.compare)) console.log(line);
  return 0;
}

function tasksOf(program: string, dir: string, engine: string): Task[] {
  const ckpt = (name: string, command: string, ...flags: string[]): Task => ({
    name,
    engine,
    program: process.execPath,
    args: [program, command, ...flags, '--repo', dir, '--engine', engine, '--json'],
  });
  const without = (refs: readonly string[], task: Task): Task => ({ ...task, without: refs });
  return [
    ckpt('migrate', 'migrate'),
    ckpt('verify', 'verify'),
    ckpt('nothing to do', 'migrate'),
    ckpt('status', 'status'),
    ckpt('list', 'list'),
    ckpt('V1 to git-refs', 'migrate', '--to', 'refs'),
    ckpt('verify V1 and git-refs', 'verify', '--from', 'v1', '--to', 'refs'),
    ckpt('V1 to git-refs, nothing to do', 'migrate', '--to', 'refs'),
    ckpt('git-refs to V1, nothing to do', 'migrate', '--from', 'refs', '--to', 'v1'),
    ckpt('V2 to V1, the first look', 'migrate', '--from', 'v2', '--to', 'v1'),
    ckpt('V2 to V1, nothing to do', 'migrate', '--from', 'v2', '--to', 'v1'),
    without([V1], ckpt('V2 to V1', 'migrate', '--from', 'v2', '--to', 'v1')),
    // Without the ref that names V1's commit each commit of V1 is made again.
    without([V1, V1_REST], ckpt('git-refs to V1', 'migrate', '--from', 'refs', '--to', 'v1')),
  ];
}

/** Runs everything and returns the section of the report for one size, and what each command took. */
async function benchmark(
  size: string,
  repository: BenchRepository,
  copy: WorkCopy,
  engines: readonly Task[][],
  runs: number,
  timeout: number,
): Promise<{ report: string; commands: Record<string, Measured> }> {
  const startup: Task = { name: '`node -e 0`', engine: '', program: process.execPath, args: ['-e', '0'] };
  const log = ['-C', copy.dir, 'log', '--raw', '-m', '--format=%H', V1];
  const reference: Task = { name: '`git log --raw -m`', engine: '', program: 'git', args: log };
  const timed = new Map<Task, Sample[]>();
  const memory = new Map<Task, Sample>();
  const failed = new Set<Task>();
  // Pass 0 is not counted: it warms the caches, and measures memory.
  for (let pass = 0; pass <= runs; pass++) {
    for (const tasks of [[startup], [reference], ...engines]) {
      copy.restore();
      for (const task of tasks) {
        if (failed.has(task)) break;
        for (const ref of task.without ?? []) spawnSync('git', ['-C', copy.dir, 'update-ref', '-d', ref]);
        const sample = await measure(task, timeout, pass === 0);
        console.error(
          `${size} ${pass}/${runs} ${task.engine} ${task.name}: ${sample.failure ?? `${sample.seconds.toFixed(3)} s`}`,
        );
        if (pass === 0) memory.set(task, sample);
        else timed.set(task, [...(timed.get(task) ?? []), sample]);
        if (sample.failure !== undefined) {
          // What follows needs what failed; and it would fail again.
          failed.add(task);
          break;
        }
      }
    }
  }

  const base = median(timed.get(reference) ?? []);
  const baseProcessor = medianProcessor(timed.get(reference) ?? []);
  const commands: Record<string, Measured> = {};
  const rows = [[startup], [reference], ...engines].flat().map((task) => {
    const failure = [memory.get(task), ...(timed.get(task) ?? [])].find(
      (sample) => sample?.failure !== undefined,
    )?.failure;
    const name = task.engine === '' ? task.name : `${task.name}, ${task.engine}`;
    const samples = timed.get(task) ?? [];
    if (failure !== undefined || samples.length === 0) return `| ${name} | ${failure ?? 'not run'} | | | | | | | | |`;
    const all = samples.map(({ seconds }) => seconds);
    const ratio = median(samples) / base;
    const goal = task.engine === 'native' ? GOALS[task.name] : undefined;
    const { largest, resident, anonymous } = memory.get(task) ?? {};
    const processor = medianProcessor(samples);
    const processorRatio = processor === undefined || !baseProcessor ? null : processor / baseProcessor;
    commands[name] = { time: ratio, processor: processorRatio, memory: resident ?? null };
    const cells = [
      name,
      seconds(median(samples)),
      `${seconds(Math.min(...all))}–${seconds(Math.max(...all))}`,
      `${ratio.toFixed(2)}×`,
      goal === undefined ? '' : `≤ ${goal}× ${ratio <= goal ? '✓' : '✗'}`,
      processor === undefined ? '' : seconds(processor),
      processorRatio === null ? '' : `${processorRatio.toFixed(2)}×`,
      megabytes(largest),
      `${megabytes(resident)}${memoryGoal(size, task, resident)}`,
      megabytes(anonymous),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const { checkpoints, commits, merges, roots, sessions, transcriptBytes, packBytes } = repository;
  const report = [
    `## ${size}: ${checkpoints} checkpoints, ${commits} commits, ${megabytes(transcriptBytes)} of transcripts`,
    '',
    `${merges} merges, ${roots} roots, ${sessions} sessions; ${megabytes(packBytes)} packed. Medians of ${runs} runs.`,
    '',
    '| command | median | least–greatest | to git log | goal | user + system | to git log | largest process | tree, resident | tree, anonymous |',
    '| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    LINUX
      ? 'Memory: the peak resident set of the largest single process (`VmHWM`, git included), and the greatest sums over the whole tree of processes, sampled every 10 ms: resident memory (pages of a pack that several processes map count in each), and anonymous memory (what is not a file).'
      : 'Memory is measured on Linux only.',
    '',
  ].join('\n');
  return { report, commands };
}

/** Runs a task to its end. Output is thrown away, but for what it says where it fails. */
async function measure(task: Task, timeout: number, withMemory: boolean): Promise<Sample> {
  const times =
    withMemory || !existsSync(GNU_TIME) ? undefined : join(mkdtempSync(join(tmpdir(), 'ckpt-bench-')), 'times');
  const timing = times === undefined ? [] : [GNU_TIME, '-o', times, '-f', '%U %S'];
  const [program = '', ...args] = [...timing, task.program, ...task.args];
  const start = performance.now();
  // A process group of its own, so that a timeout ends the git processes too.
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: environment(),
    detached: true,
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-2000);
  });
  const sampler = withMemory && LINUX ? new MemorySampler(child) : undefined;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, timeout);
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  const elapsed = (performance.now() - start) / 1000;
  clearTimeout(timer);
  const failure = timedOut ? `> ${timeout / 1000} s` : code === 0 ? undefined : `exit code ${code}`;
  if (failure !== undefined) console.error(stderr);
  return { seconds: elapsed, processor: processorTime(times, failure), failure, ...sampler?.stop() };
}

/** What GNU time has written: user and system time, in seconds. */
function processorTime(path: string | undefined, failure: string | undefined): number | undefined {
  if (path === undefined) return undefined;
  const text = failure === undefined ? readFileSync(path, 'utf8') : '';
  rmSync(join(path, '..'), { recursive: true });
  const [user, system] = text.trim().split(' ').map(Number);
  return failure === undefined ? (user ?? 0) + (system ?? 0) : undefined;
}

/** Whether the goal for the memory is reached, for the commands that have one. */
function memoryGoal(size: string, { engine, name }: Task, bytes: number | undefined): string {
  const goal = engine === 'native' && name in GOALS ? MEMORY_GOALS[size] : undefined;
  if (goal === undefined || bytes === undefined) return '';
  return `, ≤ ${megabytes(goal)} ${bytes <= goal ? '✓' : '✗'}`;
}

function median(samples: readonly Sample[]): number {
  return middle(samples.map((sample) => sample.seconds));
}

function medianProcessor(samples: readonly Sample[]): number | undefined {
  const all = samples.flatMap(({ processor }) => processor ?? []);
  return all.length === 0 ? undefined : middle(all);
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 3 : 1)} s`;
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined || bytes === 0 ? '' : `${Math.round(bytes / 1e6)} MB`;
}

process.exitCode = await main();
