/**
 * `npm run docs:pictures`: makes the pictures in `docs/pictures` from real runs of the built program in a pseudo-terminal. None
 * is drawn by hand. Names on the command line choose some of them. Times and rates in them are those of the run.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generateBenchRepository } from '../bench/generate.ts';
import { Terminal } from '../test/fixtures/terminal.ts';
import { terminalSvg } from './terminal-svg.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'bin', 'ckpt.js');
const FOLDER = join(ROOT, 'docs', 'pictures');
/** Large enough for a migration of some seconds; transcripts are small, since a migration does not read them. */
const SIZE = { checkpoints: 4_000, commits: 9_000, transcriptBytes: 40_000_000 };

/** A command in the middle of its work, or at its end. */
interface Picture {
  readonly command: readonly string[];
  readonly columns: number;
  readonly rows: number;
  /** Taken in the small repository that `ckpt sample` makes, whose texts can be read. */
  readonly isSample?: boolean;
  /** Runs before it, in the same repository, so that it has something to show. */
  readonly before?: readonly (readonly string[])[];
  /** Brings the program to what the picture should show. */
  readonly until: (terminal: Terminal) => Promise<unknown>;
}

const PICTURES: Readonly<Record<string, Picture>> = {
  'migrate-live': {
    command: ['migrate', '--dry-run'],
    columns: 80,
    rows: 24,
    until: (terminal) => terminal.waitFor(/─ +[3-7]\d%/),
  },
  'migrate-live-40-columns': {
    command: ['migrate', '--dry-run'],
    columns: 40,
    rows: 24,
    until: (terminal) => terminal.waitFor(/─ +[3-7]\d%/),
  },
  'migrate-result': {
    command: ['migrate'],
    columns: 110,
    rows: 24,
    until: (terminal) => terminal.exit,
  },
  'verify-result': {
    command: ['verify'],
    columns: 110,
    rows: 24,
    before: [['migrate']],
    until: (terminal) => terminal.exit,
  },
  'browse-search': {
    command: ['browse'],
    columns: 100,
    rows: 16,
    isSample: true,
    before: [['migrate']],
    until: async (terminal) => {
      await terminal.waitFor('Set up the project');
      terminal.type('/the');
      await terminal.waitFor(/\/the_ {2}\d+ found\n/);
    },
  },
  'browse-transcript': {
    command: ['browse'],
    columns: 100,
    rows: 24,
    isSample: true,
    before: [['migrate']],
    until: async (terminal) => {
      await terminal.waitFor('Set up the project');
      terminal.type('\x1b[B\r');
      await terminal.waitFor('Session ');
      terminal.type('\r');
      await terminal.waitFor(/entry \d+ of \d/);
    },
  },
};

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const scratch = mkdtempSync(join(tmpdir(), 'ckpt-pictures-'));
  try {
    const repository = join(scratch, 'repository.git');
    const sample = join(scratch, 'sample.git');
    await run(['sample', sample], { cwd: scratch });
    console.error('making a repository to migrate …');
    await generateBenchRepository(repository, SIZE);
    mkdirSync(FOLDER, { recursive: true });
    for (const [name, picture] of Object.entries(PICTURES)) {
      if (names.length > 0 && !names.includes(name)) continue;
      writeFileSync(join(FOLDER, `${name}.svg`), await take(picture, picture.isSample ? sample : repository));
      console.error(`docs/pictures/${name}.svg`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function take({ command, columns, rows, before = [], until }: Picture, cwd: string): Promise<string> {
  for (const args of before) await run(args, { cwd });
  const terminal = new Terminal(process.execPath, [PROGRAM, ...command], { columns, rows, cwd });
  try {
    await until(terminal);
    const lines = terminal.text().split('\n').length;
    return terminalSvg(terminal.buffer, `$ ckpt ${command.join(' ')}`, columns, 0, lines);
  } finally {
    terminal.close();
  }
}

async function run(args: readonly string[], options: { cwd: string }): Promise<void> {
  const terminal = new Terminal(process.execPath, [PROGRAM, ...args], options);
  await terminal.exit;
  terminal.close();
}

await main();
