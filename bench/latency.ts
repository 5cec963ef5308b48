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
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchRepository, SIZES } from './generate.ts';
import { environment, machine } from './machine.ts';
import { PROGRAM, type Run, run, Turns } from './program.ts';
import { WorkCopy } from './work-copy.ts';

/** Goal for the mirror with the native engine, as a multiple of `node -e 0`: the issue's. */
const MIRROR_GOAL = 2;
const NODE = '`node -e 0`';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: 'small,large' },
      engines: { type: 'string', default: 'native,isomorphic' },
      runs: { type: 'string', default: '15' },
    },
  });
  console.log(`${machine()}\n\n## Latency of dual-write: medians of ${values.runs} runs\n`);
  console.log(
    '| command | median | to node -e 0 | goal | memory of all processes |\n| --- | ---: | ---: | --- | ---: |',
  );
  for (const size of values.sizes.split(',')) {
    const repository = await benchRepository(SIZES[size as keyof typeof SIZES], console.error);
    for (const engine of values.engines.split(',')) {
      const copy = new WorkCopy(repository.dir);
      try {
        print(size, engine, await new Hook(copy.dir, engine).measure(Number(values.runs)));
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
  #withMemory = false;

  constructor(gitDir: string, engine: string) {
    this.#engine = engine;
    // As git calls a hook: the repository is given by the environment.
    const identity = { GIT_AUTHOR_NAME: 'Bench', GIT_AUTHOR_EMAIL: 'bench@localhost' };
    this.#env = { ...environment(), ...identity, GIT_DIR: gitDir, GIT_WORK_TREE: this.#workTree };
    spawnSync('git', ['config', 'core.bare', 'false'], { env: this.#env });
    mkdirSync(join(this.#workTree, '.entire'));
    writeFileSync(join(this.#workTree, 'transcript.jsonl'), transcript(1_000_000));
  }

  async measure(runs: number): Promise<Turns> {
    const turns = new Turns();
    this.#settings(true);
    await this.#ckpt('migrate');
    await this.#ckpt('migrate', '--to', 'refs');
    for (let turn = -1; turn < runs; turn++) {
      this.#withMemory = turn < 0;
      this.#settings(false);
      await this.#ckpt('dual-write', '--from', this.#document('small'));
      this.#settings(true);
      turns.add(NODE, await run([process.execPath, '-e', '0'], { withMemory: this.#withMemory }));
      turns.add('mirror of one new V1 commit', await this.#ckpt('dual-write'));
      turns.add('mirror, nothing new', await this.#ckpt('dual-write'));
      const large = this.#document('large');
      turns.add('`--from`, transcript of 1 MB', await this.#ckpt('dual-write', '--from', large));
      this.#mirrors('--add', 'ckpt.mirror', 'refs');
      await this.#ckpt('dual-write');
      this.#settings(false);
      this.#mirrors('--unset-all', 'ckpt.mirror');
      await this.#ckpt('dual-write', '--from', this.#document('small'));
      this.#settings(true);
      this.#mirrors('--add', 'ckpt.mirror', 'refs');
      turns.add('mirror of one new V1 commit to V2 and git-refs', await this.#ckpt('dual-write'));
      turns.add('mirror to V2 and git-refs, nothing new', await this.#ckpt('dual-write'));
      this.#mirrors('--unset-all', 'ckpt.mirror');
    }
    await this.#ckpt('verify');
    rmSync(this.#workTree, { recursive: true, force: true });
    return turns;
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

  async #ckpt(command: string, ...args: string[]): Promise<Run> {
    const all = [process.execPath, PROGRAM, command, ...args, '--engine', this.#engine];
    const one = await run(all, { env: this.#env, cwd: this.#workTree, withMemory: this.#withMemory });
    if (command === 'dual-write' && one.stderr !== '') throw new Error(`ckpt ${command}: ${one.stderr}`);
    return one;
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

function print(size: string, engine: string, turns: Turns): void {
  for (const name of turns.names) {
    const ratio = turns.median(name) / turns.median(NODE);
    const hasGoal = engine === 'native' && name.startsWith('mirror of');
    const goal = hasGoal ? `≤ ${MIRROR_GOAL}× ${ratio <= MIRROR_GOAL ? '✓' : '✗'}` : '';
    const times = `${turns.median(name).toFixed(0)} ms | ${ratio.toFixed(2)}×`;
    console.log(`| ${size}, ${engine}: ${name} | ${times} | ${goal} | ${turns.memory(name)} |`);
  }
}

await main();
