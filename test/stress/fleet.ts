// `npm run stress:fleet [-- --repositories 500 --shards 16 --kills 24]`: a fleet of generated repositories, whose shards are
// processes; some of them are killed with SIGKILL on the way and started again. Every repository must be done exactly once, whatever was killed. Prints
// what it took; ends with 1 where it is not so.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generateFleet } from '../fixtures/fleet.ts';
import { withTempDir } from '../fixtures/git.ts';

const { values } = parseArgs({
  options: {
    repositories: { type: 'string', default: '500' },
    shards: { type: 'string', default: '16' },
    /** How many of them run at a time: each runs one repository at a time. */
    parallel: { type: 'string', default: '4' },
    kills: { type: 'string', default: '24' },
    command: { type: 'string', default: 'migrate' },
  },
});
const [repositories, shards, parallel] = [values.repositories, values.shards, values.parallel].map(Number) as [
  number,
  number,
  number,
];
let killsLeft = Number(values.kills);
const CKPT = resolve(import.meta.dirname, '../../bin/ckpt.js');

function linesIn(report: string): string[] {
  const names = existsSync(report) ? readdirSync(report).filter((name) => name.endsWith('.jsonl')) : [];
  const whole = names.flatMap((name) => readFileSync(join(report, name), 'utf8').split('\n').slice(0, -1));
  return whole.map((line) => JSON.parse(line).name);
}

function start(dir: string, report: string, shard: number): ChildProcess {
  const args = [
    'fleet',
    values.command,
    '--dir',
    dir,
    '--report',
    report,
    '--shard',
    `${shard}/${shards}`,
    '--jobs',
    '1',
  ];
  return spawn(process.execPath, [CKPT, ...args, '--quiet'], { stdio: 'ignore' });
}

const running = new Set<ChildProcess>();
let kills = 0;

/** Runs a shard until it has ended by itself; returns its exit code. */
async function runShard(dir: string, report: string, shard: number): Promise<number> {
  for (;;) {
    const child = start(dir, report, shard);
    running.add(child);
    const [code, signal] = await new Promise<[number | null, string | null]>((settle) =>
      child.once('exit', (...ended) => settle(ended)),
    );
    running.delete(child);
    if (signal === null) return code ?? 1;
  }
}

/** Kills some shard from time to time, as long as there are kills left. */
async function killSome(): Promise<void> {
  while (killsLeft > 0) {
    await wait(500 + Math.random() * 1500, undefined, { ref: false });
    const all = [...running];
    const victim = all[Math.floor(Math.random() * all.length)];
    if (victim?.kill('SIGKILL') !== true) continue;
    killsLeft--;
    kills++;
  }
}

await withTempDir(async (temp) => {
  const [dir, report] = [join(temp, 'fleet'), join(temp, 'report')];
  generateFleet(dir, repositories);
  const begin = performance.now();
  void killSome();
  const next = Array.from({ length: shards }, (_, at) => at + 1).values();
  const codes: number[] = [];
  const work = async () => {
    for (const shard of next) codes.push(await runShard(dir, report, shard));
  };
  await Promise.all(Array.from({ length: parallel }, work));
  killsLeft = 0;
  const seconds = (performance.now() - begin) / 1000;
  const names = linesIn(report);
  const isOnce = names.length === repositories && new Set(names).size === repositories;
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `${repositories} repositories, ${shards} shards, ${parallel} at a time, ${kills} kills: ${seconds.toFixed(0)} s (${(seconds / repositories).toFixed(2)} s each), ` +
      `${availableParallelism()} processors, load ${load}; ${names.length} lines, ${new Set(names).size} names, exit codes ${[...new Set(codes)].join(', ')}`,
  );
  if (!isOnce || codes.some((code) => code !== 0)) {
    console.log('FAULT: not every repository was done exactly once');
    process.exitCode = 1;
  }
});
