/**
 * Wall time and memory of `ckpt verify --deep`, beside `git cat-file --batch` over the same transcripts piped to `sha256sum`, in the
 * same run. Part of `npm run bench`; prints a table in Markdown.
 *
 *   tsx bench/deep.ts [--sizes small] [--engines native,isomorphic] [--runs 5]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchRepository, SIZES } from './generate.ts';
import { environment, machine } from './machine.ts';
import { PROGRAM, run, Turns } from './program.ts';
import { WorkCopy } from './work-copy.ts';

const V1 = 'refs/heads/entire/checkpoints/v1';
/** As a multiple of the reference, on two cores: the issue's. */
const GOAL = 1;
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
      await run([process.execPath, PROGRAM, 'migrate', '--repo', copy.dir, '--quiet']);
      const { ids, bytes } = transcriptsOf(copy.dir);
      const list = join(scratch, 'ids');
      writeFileSync(list, `${ids.join('\n')}\n`);
      console.log(`${size}: ${ids.length} distinct transcripts at the tip, ${Math.round(bytes / 1e6)} MB\n`);
      print(await measure(copy.dir, list, values.engines.split(','), Number(values.runs)));
    } finally {
      copy.remove();
      rmSync(scratch, { recursive: true });
    }
  }
}

function transcriptsOf(dir: string): { ids: string[]; bytes: number } {
  const tree = outputOf(['git', '-C', dir, 'ls-tree', '-r', V1]).split('\n');
  const ids = [
    ...new Set(tree.filter((line) => /full\.(?:jsonl|log)/.test(line)).map((line) => line.split(/[ \t]/)[2] ?? '')),
  ];
  const sizes = outputOf(['git', '-C', dir, 'cat-file', '--batch-check=%(objectsize)'], `${ids.join('\n')}\n`)
    .trim()
    .split('\n');
  return { ids, bytes: sizes.reduce((sum, size) => sum + Number(size), 0) };
}

/** Everything once in each run, in turns. */
async function measure(dir: string, list: string, engines: readonly string[], runs: number): Promise<Turns> {
  const reference = `git -C '${dir}' cat-file --batch < '${list}' | sha256sum`;
  const tasks = new Map([['`git cat-file --batch \\| sha256sum`', ['sh', '-c', reference]]]);
  for (const engine of engines) {
    const args = [process.execPath, PROGRAM, 'verify', '--deep', '--repo', dir, '--engine', engine, '--json'];
    tasks.set(`verify --deep, ${engine}`, args);
  }
  const turns = new Turns();
  for (let pass = 0; pass <= runs; pass++) {
    for (const [name, args] of tasks) {
      const one = await run(args, { withMemory: pass === 0 });
      turns.add(name, one);
      console.error(`${pass}/${runs} ${name}: ${one.ms.toFixed(0)} ms`);
    }
  }
  return turns;
}

function print(turns: Turns): void {
  const base = turns.median(turns.names[0] ?? '');
  console.log(
    '| command | median | to the reference | goal | memory of all processes |\n| --- | ---: | ---: | --- | ---: |',
  );
  for (const name of turns.names) {
    const ratio = turns.median(name) / base;
    const goal = name.endsWith('native') ? `≤ ${GOAL}× ${ratio <= GOAL ? '✓' : '✗'}` : '';
    const seconds = (turns.median(name) / 1000).toFixed(2);
    console.log(`| ${name} | ${seconds} s | ${ratio.toFixed(2)}× | ${goal} | ${turns.memory(name)} |`);
  }
  console.log('');
}

function outputOf(args: readonly string[], input = ''): string {
  const [program = '', ...rest] = args;
  const { status, stdout, stderr } = spawnSync(program, rest, { input, env: environment(), maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout.toString();
}

await main();
