/**
 * `npm run check:transcripts [DIR...] [-- --if-present]`: how much of the transcripts of real repositories (`*.git.tar.gz` in each DIR;
 * by default `../shared/data/real` and `../shared/data/layouts` beside the checkout) a person can read. Counts the entries of each agent that no known
 * form explains, and the transcripts whose first screen shows neither a prompt nor an answer. Transcripts are found by git alone. Exits 0 where no
 * agent has more than 2 % of the one, and none has one of the other; else 1.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readTranscriptEntries } from '../src/transcripts/read-entries.ts';
import { type EntryPiece, entryPieces } from '../src/ui/transcript/entry-piece.ts';
import { wrap } from '../src/ui/wrap.ts';

const DATA = resolve(import.meta.dirname, '../../shared/data');
const LIMIT_PERCENT = 2;
/** The lines of a usual terminal: what a person sees of a transcript without a key. */
const SCREEN = 24;
const COLUMNS = 80;
/** Refs that may hold transcripts. */
const REFS = 'refs/**/entire/checkpoints/**';

/** What the transcripts of one agent have. */
export interface Readability {
  transcripts: number;
  entries: number;
  /** Entries that no known form explains. */
  raw: number;
  /** Transcripts, by their object ids, that begin with a screen without a prompt or an answer. */
  blind: string[];
}

/** Looks at all transcripts that the refs of checkpoints reach in a repository, each once, by the agent that metadata names. */
export async function readability(
  repo: string,
  agents = new Map<string, Readability>(),
): Promise<Map<string, Readability>> {
  for (const [id, { agent, parts }] of transcriptsOf(repo)) {
    const content = parts.map((part) => git(repo, 'cat-file', 'blob', part));
    if (content.some((bytes) => bytes === undefined)) continue; // absent, as in a partial clone
    const one = agents.get(agent) ?? { transcripts: 0, entries: 0, raw: 0, blind: [] };
    agents.set(agent, one);
    one.transcripts += 1;
    const pieceOf = entryPieces();
    let rows = 0;
    let isSeen = false;
    let isSaid = false;
    for await (const entry of readTranscriptEntries(stream(content as Buffer[]))) {
      one.entries += 1;
      if (entry.kind === 'raw') one.raw += 1;
      if (entry.kind === 'prompt' || entry.kind === 'answer') {
        isSaid = true;
        isSeen ||= rows < SCREEN;
      }
      if (entry.kind !== 'hidden') rows += rowsOf(pieceOf(entry));
    }
    if (isSaid && !isSeen) one.blind.push(id);
  }
  return agents;
}

/** The rows that an entry takes, with its heading and an empty line, as `ckpt show --transcript --rendered` prints it. */
function rowsOf({ lines, folded = lines }: EntryPiece): number {
  return folded.reduce((rows, { text }) => rows + wrap(text, COLUMNS - 2).length, 2);
}

async function* stream(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

/** Where a transcript lies, who wrote it, and the ids of its files in their order. */
export interface FoundTranscript {
  readonly ref: string;
  readonly folder: string;
  readonly agent: string;
  readonly parts: readonly string[];
}

/** Transcripts by the id of their first file. */
export function transcriptsOf(repo: string): Map<string, FoundTranscript> {
  const found = new Map<string, FoundTranscript>();
  for (const ref of lines(git(repo, 'for-each-ref', '--format=%(refname)', REFS))) {
    const folders = new Map<string, Map<string, string>>();
    for (const line of lines(git(repo, 'ls-tree', '-r', ref))) {
      const [, id = '', folder = '', name = ''] = /^\d+ blob (\w+)\t(?:(.*)\/)?([^/]+)$/.exec(line) ?? [];
      folders.set(folder, (folders.get(folder) ?? new Map()).set(name, id));
    }
    for (const [folder, files] of folders) {
      const names = [...files.keys()].filter((name) => /^full\.jsonl(?:\.\d{3,})?$/.test(name)).sort();
      const parts = names.map((name) => files.get(name) ?? '');
      const metadata = git(repo, 'cat-file', 'blob', files.get('metadata.json') ?? '');
      if (parts[0] === undefined || metadata === undefined) continue;
      const { agent } = JSON.parse(metadata.toString('utf8'));
      found.set(parts[0], { ref, folder, agent: String(agent ?? 'no agent named'), parts });
    }
  }
  return found;
}

function lines(output: Buffer | undefined): string[] {
  return (output?.toString('utf8') ?? '').split('\n').filter((line) => line !== '');
}

/** What git prints; `undefined` where it fails: an absent object. */
function git(repo: string, ...args: string[]): Buffer | undefined {
  const env = { ...process.env, GIT_NO_LAZY_FETCH: '1' };
  const { status, stdout } = spawnSync('git', ['--git-dir', repo, ...args], { maxBuffer: 2 ** 31 - 1, env });
  return status === 0 ? stdout : undefined;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { 'if-present': { type: 'boolean' } }, allowPositionals: true });
  const dirs = positionals.length > 0 ? positionals : [join(DATA, 'real'), join(DATA, 'layouts')];
  const absent = dirs.filter((dir) => !existsSync(dir));
  if (absent.length > 0) {
    console.log(`not there: ${absent.join(', ')}`);
    return values['if-present'] ? 0 : 1;
  }
  const agents = new Map<string, Readability>();
  const temp = mkdtempSync(join(tmpdir(), 'ckpt-transcripts-'));
  try {
    for (const archive of dirs.flatMap((dir) => readdirSync(dir).map((name) => join(dir, name)))) {
      if (!archive.endsWith('.git.tar.gz')) continue;
      spawnSync('tar', ['-xzf', archive, '-C', temp]);
      await readability(join(temp, basename(archive, '.tar.gz')), agents);
    }
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
  return report(agents);
}

/** Prints a line for each agent, and says by its result whether all is well. */
export function report(agents: ReadonlyMap<string, Readability>): number {
  let isBad = agents.size === 0;
  for (const [agent, { transcripts, entries, raw, blind }] of [...agents].sort()) {
    const percent = entries === 0 ? 0 : (100 * raw) / entries;
    console.log(
      `${agent}: ${transcripts} transcripts, ${entries} entries, ${raw} not understood (${percent.toFixed(2)} %), ${blind.length} begin with neither a prompt nor an answer`,
    );
    for (const id of blind) console.log(`  ${id}`);
    isBad ||= percent > LIMIT_PERCENT || blind.length > 0;
  }
  return isBad ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main();
