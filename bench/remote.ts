/**
 * The fifth part of `npm run bench`: what teams wait for. Pushes and fetches of git-refs over HTTP on the loopback beside plain git with the
 * same refspecs, `verify --remote` beside `git ls-remote`, and the mirror where V1 was rewritten beside an ordinary one. Wall time of
 * the built program, in turns. No assertions: it prints a table in Markdown.
 *
 *   tsx bench/remote.ts [--sizes 600,6000] [--runs 5]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clientWrite, idOf } from '../test/fixtures/entire-client.ts';
import { git, gitBytes, initRepository, refs } from '../test/fixtures/git.ts';
import { serveGit } from '../test/fixtures/git-http.ts';
import { benchRepository } from './generate.ts';
import { machine } from './machine.ts';
import { PROGRAM, type Run, type RunOptions, run, Turns } from './program.ts';

const V1 = 'refs/heads/entire/checkpoints/v1';
/** New commits of a V1 that was rewritten. */
const REPLAYED = 20;
const GOALS = { push: 1.3, fetch: 1.3, verify: 3, follow: 4 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { sizes: { type: 'string', default: '600,6000' }, runs: { type: 'string', default: '5' } },
  });
  const runs = Number(values.runs);
  console.log(`${machine()}\n\n## Remotes: medians of ${runs} runs, HTTP on the loopback\n`);
  console.log('| | git | ckpt | ratio | goal | memory of all processes |\n| --- | ---: | ---: | ---: | --- | ---: |');
  for (const size of values.sizes.split(',').map(Number)) {
    const { dir: source } = await benchRepository(
      { checkpoints: size, commits: Math.round((size * 7) / 3), transcriptBytes: size * 20_000 },
      console.error,
    );
    const root = mkdtempSync(join(tmpdir(), 'ckpt-remote-'));
    try {
      await measureSize(size, source, root, runs);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
}

async function measureSize(size: number, source: string, root: string, runs: number): Promise<void> {
  const server = await serveGit(root);
  try {
    const bench = new TeamBench(source, root, server.urlWithPassword);
    await bench.prepare();
    const push = await bench.push(runs);
    row(`push of ${size} git-refs`, push, GOALS.push);
    const fetch = await bench.fetch(runs);
    row(`fetch of ${size} git-refs`, fetch, GOALS.fetch);
    row(
      `\`verify --remote\`, ${size} git-refs, V1 and V2, beside \`git ls-remote\``,
      await bench.verify(runs),
      GOALS.verify,
    );
    follow(size, await bench.follow(runs));
  } finally {
    await server.close();
  }
}

/** A clone with checkpoints in all layouts, and remotes that are made empty before each push. */
class TeamBench {
  readonly #dir: string;
  readonly #root: string;
  readonly #source: string;
  readonly #url: string;

  constructor(source: string, root: string, url: string) {
    this.#dir = join(root, 'clone');
    this.#root = root;
    this.#source = source;
    this.#url = url;
  }

  async prepare(): Promise<void> {
    initRepository({ dir: this.#dir });
    git(this.#dir, 'fetch', '-q', this.#source, `${V1}:${V1}`);
    mkdirSync(join(this.#dir, '.entire'));
    const settings = JSON.stringify({ strategy_options: { checkpoints_v2: true } });
    writeFileSync(join(this.#dir, '.entire/settings.json'), settings);
    git(this.#dir, 'remote', 'add', 'origin', `${this.#url}/remote.git`);
    await this.#ckpt(['migrate']);
    await this.#ckpt(['migrate', '--to', 'refs']);
    // The user's own commits, each naming a checkpoint.
    const ids = Object.keys(refs(this.#dir, 'refs/entire/checkpoints/'));
    const named = ids.flatMap((ref) => /^refs\/entire\/checkpoints\/..\/(\w{12})$/.exec(ref)?.[1] ?? []);
    const commits = named.map((id, i) => {
      const message = `Work ${i}\n\nEntire-Checkpoint: ${id}\n`;
      return `commit refs/heads/main\ncommitter Bench <bench@localhost> ${1_750_000_000 + i} +0000\ndata ${message.length}\n${message}\n`;
    });
    await run(['git', '-C', this.#dir, 'fast-import', '--quiet'], { input: commits.join('') });
    git(this.#dir, 'pack-refs', '--all');
  }

  push(runs: number): Promise<Turns> {
    // By folders: a refspec for each of thousands of refs costs git more than the push, and one for all would bring V2 too.
    const folders = new Set(this.#gitRefs().map((ref) => ref.replace(/[^/]+$/, '*')));
    const refspecs = [...folders].map((folder) => `${folder}:${folder}`);
    return inTurns(runs, () => this.#emptyRemote(), {
      git: (options) => run(['git', '-C', this.#dir, 'push', '-q', '--no-verify', 'origin', ...refspecs], options),
      ckpt: (options) => this.#ckpt(['push', '--layout', 'refs'], options),
    });
  }

  /** From a remote that has git-refs alone, into an empty repository. */
  fetch(runs: number): Promise<Turns> {
    const target = join(this.#root, 'target');
    const empty = () => {
      rmSync(target, { recursive: true, force: true });
      initRepository({ dir: target });
      git(target, 'remote', 'add', 'origin', `${this.#url}/remote.git`);
    };
    const refspec = '+refs/entire/checkpoints/*:refs/entire/checkpoints/*';
    return inTurns(runs, empty, {
      git: (options) => run(['git', '-C', target, 'fetch', '-q', '--no-tags', 'origin', refspec], options),
      ckpt: (options) => run([process.execPath, PROGRAM, 'fetch', '-C', target], options),
    });
  }

  async verify(runs: number): Promise<Turns> {
    this.#emptyRemote();
    await this.#ckpt(['push']);
    await run(['git', '-C', this.#dir, 'push', '-q', 'origin', 'main']);
    return inTurns(runs, () => undefined, {
      git: (options) => run(['git', '-C', this.#dir, 'ls-remote', '-q', 'origin'], options),
      ckpt: (options) => this.#ckpt(['verify', '--remote'], options),
    });
  }

  /** V1 with new commits, and the same on top of a colleague's, as Entire's client leaves it when it was second to push. */
  async follow(runs: number): Promise<Turns> {
    const base = git(this.#dir, 'rev-parse', V1);
    for (let i = 0; i < REPLAYED; i++) clientWrite(this.#dir, { id: idOf(`own ${i}`), at: 1_790_000_000 + i });
    const own = git(this.#dir, 'rev-parse', V1);
    git(this.#dir, 'update-ref', V1, base);
    clientWrite(this.#dir, { id: idOf('theirs'), author: 'Bob', at: 1_789_999_999 });
    for (let i = 0; i < REPLAYED; i++) clientWrite(this.#dir, { id: idOf(`own ${i}`), at: 1_790_000_000 + i });
    const replayed = git(this.#dir, 'rev-parse', V1);
    git(this.#dir, 'update-ref', V1, own);
    await this.#ckpt(['dual-write', '--max-checkpoints', '100']);
    const before = refs(this.#dir, 'refs/entire/checkpoints/v2/');
    const at = (v1: string) => {
      for (const ref of Object.keys(refs(this.#dir, 'refs/entire/checkpoints/v2/')))
        if (before[ref] === undefined) git(this.#dir, 'update-ref', '-d', ref);
      for (const [ref, id] of Object.entries(before)) git(this.#dir, 'update-ref', ref, id);
      git(this.#dir, 'update-ref', V1, v1);
    };
    clientWrite(this.#dir, { id: idOf('next'), at: 1_790_001_000 });
    const next = git(this.#dir, 'rev-parse', V1);
    const turns = new Turns();
    for (let turn = -1; turn < runs; turn++) {
      const options = { withMemory: turn < 0 };
      turns.add('node', await run([process.execPath, '-e', '0'], options));
      at(next);
      turns.add('mirror', await this.#ckpt(['dual-write'], options));
      at(replayed);
      turns.add('follow', await this.#ckpt(['dual-write'], options));
    }
    return turns;
  }

  #gitRefs(): string[] {
    return Object.keys(refs(this.#dir, 'refs/entire/checkpoints/')).filter((ref) => !ref.includes('/v2/'));
  }

  #emptyRemote(): void {
    const dir = join(this.#root, 'remote.git');
    rmSync(dir, { recursive: true, force: true });
    initRepository({ dir, bare: true });
    const tracked = Object.keys(refs(this.#dir, 'refs/ckpt/remotes/'));
    gitBytes(this.#dir, ['update-ref', '--stdin'], { input: tracked.map((ref) => `delete ${ref}\n`).join('') });
  }

  #ckpt([command = '', ...args]: readonly string[], options?: RunOptions): Promise<Run> {
    return run([process.execPath, PROGRAM, command, '-C', this.#dir, ...args], options);
  }
}

/** Runs each of some works after a preparation, in turns. The server runs in this process, so that nothing may wait for a program without letting it answer. */
async function inTurns(
  runs: number,
  prepare: () => void,
  works: Readonly<Record<'git' | 'ckpt', (options: RunOptions) => Promise<Run>>>,
): Promise<Turns> {
  const turns = new Turns();
  for (let turn = -1; turn < runs; turn++) {
    for (const [name, work] of Object.entries(works)) {
      prepare();
      turns.add(name, await work({ withMemory: turn < 0 }));
    }
  }
  return turns;
}

function row(name: string, turns: Turns, goal: number): void {
  const ratio = turns.median('ckpt') / turns.median('git');
  const verdict = `≤ ${goal}× ${ratio <= goal ? '✓' : '✗'}`;
  console.log(
    `| ${name} | ${ms(turns, 'git')} | ${ms(turns, 'ckpt')} | ${ratio.toFixed(2)}× | ${verdict} | ${turns.memory('ckpt')} |`,
  );
}

/** How much longer the mirror takes where V1 was rewritten, in runs of `node -e 0`. */
function follow(size: number, turns: Turns): void {
  const more = (turns.median('follow') - turns.median('mirror')) / turns.median('node');
  const name = `mirror of a rewritten V1 of ${size}, ${REPLAYED} new commits, beside one of a new commit`;
  const verdict = `≤ ${GOALS.follow}× more ${more <= GOALS.follow ? '✓' : '✗'}`;
  const times = `${ms(turns, 'mirror')} | ${ms(turns, 'follow')} | ${more.toFixed(2)}× more`;
  console.log(`| ${name} (\`node -e 0\`: ${ms(turns, 'node')}) | ${times} | ${verdict} | ${turns.memory('follow')} |`);
}

function ms(turns: Turns, name: string): string {
  return `${turns.median(name).toFixed(0)} ms`;
}

await main();
