/**
 * `npm run docs:pictures`: makes the pictures in `docs/pictures` from real runs of the built program in a pseudo-terminal. None
 * is drawn by hand. Names on the command line choose some of them. Times and rates in them are those of the run.
 *
 *   npm run docs:pictures -- [NAME…] [--real REPOSITORY --checkpoint ID [--replace OLD=NEW]…]
 *
 * Those of a transcript need a real one: the checkpoint ID of REPOSITORY, in which each OLD becomes NEW, so that nobody's name and no
 * path of somebody's machine is shown. That of an exported page needs Chromium. What can't be made is said, and left as it is.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
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
  /** Where it is taken: a large repository, unless this says the small one that `ckpt sample` makes, or one with a real transcript. */
  readonly in?: 'sample' | 'real';
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
  'verify-live': {
    command: ['verify'],
    columns: 80,
    rows: 24,
    before: [['migrate']],
    until: (terminal) => terminal.waitFor(/─ +[3-7]\d%/),
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
    in: 'sample',
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
    rows: 32,
    in: 'real',
    until: async (terminal) => {
      await terminal.waitFor('Claude Code');
      terminal.type('\r');
      await terminal.waitFor('Session ');
      terminal.type('\r');
      await terminal.waitFor(/entry \d+ of \d/);
    },
  },
};

const PAGE = 'export-page';

async function main(): Promise<void> {
  const { values, positionals: names } = parseArgs({
    allowPositionals: true,
    options: {
      real: { type: 'string' },
      checkpoint: { type: 'string', default: '' },
      replace: { type: 'string', multiple: true, default: [] },
    },
  });
  const scratch = mkdtempSync(join(tmpdir(), 'ckpt-pictures-'));
  const isWanted = (name: string) => names.length === 0 || names.includes(name);
  try {
    const repositories = {
      large: join(scratch, 'large.git'),
      sample: join(scratch, 'sample.git'),
      real: join(scratch, 'real'),
    };
    await run(['sample', repositories.sample], { cwd: scratch });
    if (values.real !== undefined) {
      makeReal(repositories.real, resolve(values.real), values.checkpoint, values.replace);
    }
    const pictures = Object.entries(PICTURES).filter(([name]) => isWanted(name));
    if (pictures.some(([, picture]) => picture.in === undefined)) {
      console.error('making a repository to migrate …');
      await generateBenchRepository(repositories.large, SIZE);
    }
    mkdirSync(FOLDER, { recursive: true });
    for (const [name, picture] of pictures) {
      if (picture.in === 'real' && values.real === undefined) console.error(`${name}: needs --real`);
      else {
        writeFileSync(join(FOLDER, `${name}.svg`), await take(picture, repositories[picture.in ?? 'large']));
        console.error(`docs/pictures/${name}.svg`);
      }
    }
    if (isWanted(PAGE) && values.real !== undefined) takePage(repositories.real, values.checkpoint);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Makes a repository with one checkpoint of another, through the program itself: `show` reads it, `dual-write --from` writes it. */
function makeReal(repository: string, from: string, checkpoint: string, replacements: readonly string[]): void {
  const ckpt = (args: readonly string[], input = '') =>
    execFileSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', input, maxBuffer: 1e9 });
  const replaced = (text: string) =>
    replacements.reduce((all, pair) => all.replaceAll(...(pair.split('=', 2) as [string, string])), text);
  const shown = (...args: string[]) => replaced(ckpt(['show', '-C', from, checkpoint, ...args]));
  const [session] = JSON.parse(shown('--json')).sessions;
  const document = {
    checkpoint_id: checkpoint,
    session_id: session.sessionId,
    metadata: {
      created_at: session.createdAt,
      agent: session.agent,
      model: session.model,
      branch: session.branch,
      files_touched: session.filesTouched,
    },
    prompts: [shown('--prompts').trim()],
    transcript: { text: shown('--transcript') },
  };
  execFileSync('git', ['init', '-q', repository]);
  execFileSync('git', [
    '-C',
    repository,
    '-c',
    'user.name=Ada',
    '-c',
    'user.email=ada@example.com',
    'commit',
    '-q',
    '--allow-empty',
    '-m',
    `Say that this is a test\n\nEntire-Checkpoint: ${checkpoint}`,
  ]);
  ckpt(['dual-write', '-C', repository, '--from', '-'], JSON.stringify(document));
}

/** The picture of an exported page, by Chromium. */
function takePage(repository: string, checkpoint: string): void {
  const page = join(repository, 'page');
  execFileSync(process.execPath, [
    PROGRAM,
    'export',
    '-C',
    repository,
    checkpoint,
    '--format',
    'html',
    '--output',
    page,
  ]);
  const picture = join(FOLDER, `${PAGE}.png`);
  const flags = ['--headless', '--no-sandbox', '--hide-scrollbars', '--window-size=900,820', `--screenshot=${picture}`];
  execFileSync('chromium', [...flags, `file://${page}/${checkpoint}.html`], { stdio: 'ignore' });
  console.error(`docs/pictures/${PAGE}.png`);
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
