/**
 * The second part of `npm run bench`: what a hook costs. Wall time of the built program for the mirror of one new V1 commit to V2, and
 * to V2 and git-refs, for the mirror with nothing new, and for `dual-write --from` with a transcript of 1 MB, beside `node -e 0` in the same run,
 * on the generated repositories. No assertions: it prints a table in Markdown.
 *
 *   tsx bench/latency.ts [--sizes small,large] [--engines native,isomorphic] [--runs 15]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchRepository, SIZES } from './generate.ts';
import { environment, machine } from './machine.ts';
import { WorkCopy } from './work-copy.ts';

const PROGRAM = join(resolve(import.meta.dirname, '..'), 'bin', 'ckpt.js');
/** Goal for the mirror with the native engine, as a multiple of `node -e 0`: the issue's. */
const MIRROR_GOAL = 2;

type Timings = Map<string, number[]>;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: 'small,large' },
      engines: { type: 'string', default: 'native,isomorphic' },
      runs: { type: 'string', default: '15' },
    },
  });
  console.log(`${machine()}\n\n## Latency of dual-write: medians of ${values.runs} runs\n`);
  console.log('| command | median | to node -e 0 | goal |\n| --- | ---: | ---: | --- |');
  for (const size of values.sizes.split(',')) {
    const repository = await benchRepository(SIZES[size as keyof typeof SIZES], console.error);
    for (const engine of values.engines.split(',')) {
      const copy = new WorkCopy(repository.dir);
      try {
        print(size, engine, new Hook(copy.dir, engine).measure(Number(values.runs)));
      } finally {
        copy.remove();
      }
    }
  }
}

/** A repository with V2 turned on, and the commands that a hook would run in it. */
class Hook {
  readonly #env: NodeJS.ProcessEnv;
  readonly #workTree = mkdtempSync(join(tmpdir(), 'ckpt-latency-'));
  readonly #engine: string;
  #number = 0;

  constructor(gitDir: string, engine: string) {
    this.#engine = engine;
    // As git calls a hook: the repository is given by the environment.
    const identity = { GIT_AUTHOR_NAME: 'Bench', GIT_AUTHOR_EMAIL: 'bench@localhost' };
    this.#env = { ...environment(), ...identity, GIT_DIR: gitDir, GIT_WORK_TREE: this.#workTree };
    spawnSync('git', ['config', 'core.bare', 'false'], { env: this.#env });
    mkdirSync(join(this.#workTree, '.entire'));
    writeFileSync(join(this.#workTree, 'transcript.jsonl'), transcript(1_000_000));
  }

  measure(runs: number): Timings {
    const timings: Timings = new Map();
    const note = (name: string, ms: number) => timings.set(name, [...(timings.get(name) ?? []), ms]);
    this.#settings(true);
    this.#ckpt('migrate');
    this.#ckpt('migrate', '--to', 'refs');
    for (let run = -1; run < runs; run++) {
      this.#settings(false);
      this.#ckpt('dual-write', '--from', this.#document('small'));
      this.#settings(true);
      const times: Array<[string, number]> = [
        ['`node -e 0`', timed(() => spawnSync(process.execPath, ['-e', '0']))],
        ['mirror of one new V1 commit', timed(() => this.#ckpt('dual-write'))],
        ['mirror, nothing new', timed(() => this.#ckpt('dual-write'))],
        ['`--from`, transcript of 1 MB', timed(() => this.#ckpt('dual-write', '--from', this.#document('large')))],
      ];
      this.#mirrors('--add', 'ckpt.mirror', 'refs');
      this.#ckpt('dual-write');
      this.#settings(false);
      this.#mirrors('--unset-all', 'ckpt.mirror');
      this.#ckpt('dual-write', '--from', this.#document('small'));
      this.#settings(true);
      this.#mirrors('--add', 'ckpt.mirror', 'refs');
      times.push(['mirror of one new V1 commit to V2 and git-refs', timed(() => this.#ckpt('dual-write'))]);
      times.push(['mirror to V2 and git-refs, nothing new', timed(() => this.#ckpt('dual-write'))]);
      this.#mirrors('--unset-all', 'ckpt.mirror');
      // The first run warms the caches.
      if (run >= 0) for (const [name, ms] of times) note(name, ms);
    }
    this.#ckpt('verify');
    rmSync(this.#workTree, { recursive: true, force: true });
    return timings;
  }

  #mirrors(...args: string[]): void {
    spawnSync('git', ['config', ...args], { env: this.#env });
  }

  #settings(isOn: boolean): void {
    const settings = { strategy_options: { checkpoints_v2: isOn } };
    writeFileSync(join(this.#workTree, '.entire', 'settings.json'), JSON.stringify(settings));
  }

  /** Writes a document for a new checkpoint and returns its path. */
  #document(kind: 'small' | 'large'): string {
    this.#number += 1;
    const id = `${((this.#number * 37) % 256).toString(16).padStart(2, '0')}${this.#number.toString(16).padStart(10, 'b')}`;
    const path = join(this.#workTree, 'checkpoint.json');
    const small = { text: transcript(2_000) };
    const document = {
      checkpoint_id: id,
      session_id: `session-${this.#number}`,
      metadata: { agent: 'Claude Code', created_at: '2026-01-31T09:30:00Z', checkpoints_count: 1 },
      prompts: ['Add a benchmark'],
      transcript: kind === 'small' ? small : { path: 'transcript.jsonl' },
      redacted: kind === 'small',
    };
    writeFileSync(path, JSON.stringify(document));
    return path;
  }

  #ckpt(command: string, ...args: string[]): void {
    const all = [PROGRAM, command, ...args, '--engine', this.#engine];
    const { status, stderr } = spawnSync(process.execPath, all, { env: this.#env, cwd: this.#workTree });
    const said = stderr.toString();
    if (status !== 0 || (command === 'dual-write' && said !== '')) throw new Error(`ckpt ${command}: ${said}`);
  }
}

function transcript(bytes: number): string {
  const lines: string[] = [];
  for (let size = 0, i = 0; size < bytes; i++) {
    const text = `Step ${i}: read src/module-${i % 97}.ts, changed ${i % 13} lines, ran the tests, all ${i} pass.`;
    const line = JSON.stringify({ type: i % 2 === 0 ? 'user' : 'assistant', uuid: `u-${i}`, message: { text } });
    lines.push(line);
    size += line.length + 1;
  }
  return `${lines.join('\n')}\n`;
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function print(size: string, engine: string, timings: Timings): void {
  const base = median(timings.get('`node -e 0`') ?? []);
  for (const [name, times] of timings) {
    const ratio = median(times) / base;
    const hasGoal = engine === 'native' && name.startsWith('mirror of');
    const goal = hasGoal ? `≤ ${MIRROR_GOAL}× ${ratio <= MIRROR_GOAL ? '✓' : '✗'}` : '';
    console.log(`| ${size}, ${engine}: ${name} | ${median(times).toFixed(0)} ms | ${ratio.toFixed(2)}× | ${goal} |`);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

await main();
