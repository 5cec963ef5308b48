import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { addTrailer, lastTrailer, withoutTrailer } from '../../../src/checkpoint/commit-message.ts';
import { withoutTranscriptFields } from '../../../src/checkpoint/summary.ts';
import { notEditable, summaryListing, summaryWith } from '../../../src/checkpoint/summary-edit.ts';
import { checkpointsNamedIn, trailerValues } from '../../../src/checkpoint/trailers.ts';
import { describeFailure } from '../../../src/commands/failure.ts';
import { parseDocument } from '../../../src/dual-write/document-schema.ts';
import { commitMessage, tryCommit } from '../../../src/git/commit.ts';
import type { Repository } from '../../../src/git/repository.ts';
import { parseTree, serializeTree, type TreeEntry } from '../../../src/git/tree.ts';
import { LOCAL_SETTINGS_FILE, readSettingSources, readSettings, SETTINGS_FILE } from '../../../src/stores/settings.ts';
import { parseBaseline } from '../../../src/verify/baseline/baseline-file.ts';
import { documentOf } from '../../dual-write/run.ts';
import { Folder } from '../../fixtures/objects.ts';
import { summaryJson } from '../../fixtures/v1-builder.ts';
import { spoiled } from './inputs.ts';

/** Something that reads a content which anybody may have written: it may refuse it, by an error that `describeFailure` knows. */
export interface Reader {
  readonly name: string;
  readonly input: fc.Arbitrary<Buffer>;
  readonly read: (content: Buffer) => unknown;
}

const OID = 'ab'.repeat(20);
const PATHS = { metadata: '/1b/a10412649a/1/metadata.json', transcript: '/1b/a10412649a/1/full.jsonl' };

/** A summary as it is written, for what is spoiled of it. */
export const SUMMARY = summaryJson({
  checkpoint_id: '1ba10412649a',
  checkpoints_count: 1,
  files_touched: ['a.ts'],
  sessions: [{ metadata: '/1b/a10412649a/0/metadata.json', transcript: '/1b/a10412649a/0/full.jsonl' }],
  token_usage: { input_tokens: 1, output_tokens: 2 },
});

export const COMMIT = `tree ${OID}\nparent ${OID}\nauthor A <a@b.c> 1760000000 +0000\ncommitter A <a@b.c> 1760000000 +0000\ngpgsig x\n y\n\nSubject\n\nBody\n\nEntire-Checkpoint: 1ba10412649a\nCkpt-V1-Commit: ${OID}\n`;

const TREE = new Folder(
  new Map([
    ['metadata.json', { mode: '100644', id: OID }],
    ['0', { mode: '40000', id: OID }],
    ['link', { mode: '120000', id: OID }],
  ]),
).object().content;

const BASELINE = JSON.stringify({
  schemaVersion: 1,
  findings: [{ code: 'FILE_MISSING', checkpoint: '1ba10412649a', path: 'x', line: 3, fingerprint: 'ab'.repeat(16) }],
});

const SETTINGS = JSON.stringify({
  strategy: 'manual-commit',
  strategy_options: { checkpoints_v2: true, ckpt_primary: 'v1', generation_retention_days: 14, push_v2_refs: true },
});

/** Those that are asked directly; what reads a checkpoint's files is asked through a repository, by `rounds.ts`. */
export function readers(folder: string): Reader[] {
  const settings = join(folder, LOCAL_SETTINGS_FILE);
  const place = { workTree: folder, gitDir: folder, commonDir: folder } as Repository;
  return [
    { name: 'a document', input: spoiled([JSON.stringify(documentOf(1))]), read: (c) => parseDocument(c.toString()) },
    { name: 'a baseline', input: spoiled([BASELINE]), read: (c) => parseBaseline(c.toString(), 'baseline.json') },
    {
      name: 'settings',
      input: spoiled([SETTINGS]),
      read: async (content) => {
        writeFileSync(settings, content);
        await readSettings(place);
        await readSettingSources(place);
      },
    },
    { name: 'a summary', input: spoiled([SUMMARY]), read: readSummary },
    { name: 'a tree', input: spoiled([TREE]), read: readTree },
    { name: 'a commit', input: spoiled([COMMIT]), read: readCommit },
  ];
}

/** Tries so many contents with each reader; what was wrong, in words. */
export async function tryReaders(
  each: number,
  seed: number,
  beat: (what: string) => void = () => undefined,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ckpt-fuzz-'));
  const faults: string[] = [];
  mkdirSync(join(folder, '.entire'));
  writeFileSync(join(folder, SETTINGS_FILE), '{}');
  try {
    for (const { name, input, read } of readers(folder)) {
      beat(`${name}, seed ${seed}`);
      const property = fc.asyncProperty(input, async (content) => {
        const start = performance.now();
        await expectKnown(() => read(content));
        if (performance.now() - start > 5_000) throw new Error('it took more than five seconds');
      });
      const { failed, counterexample, errorInstance } = await fc.check(property, { numRuns: each, seed });
      if (failed) faults.push(`${name}: ${String(errorInstance)}\n  ${shown(counterexample?.[0])}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return faults;
}

/** Throws where `run` fails as only a mistake of the program fails. */
export async function expectKnown(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (describeFailure(error, () => undefined).code === 'UNEXPECTED') throw error;
  }
}

function readSummary(content: Buffer): void {
  withoutTranscriptFields(content);
  summaryListing(content, PATHS);
  const written = {};
  const facts = { checkpointId: '1ba10412649a', paths: PATHS, listed: [PATHS], sessions: [], written };
  const edited = summaryWith(content, facts);
  if (notEditable(content) !== undefined && !edited.equals(content)) throw new Error('it was edited nevertheless');
}

function readTree(content: Buffer): void {
  let entries: TreeEntry[];
  try {
    entries = parseTree(content, 20);
  } catch (error) {
    if ((error as Error).message.startsWith('malformed tree entry')) return;
    throw error;
  }
  if (!serializeTree(entries).equals(content)) throw new Error('a tree was read as another one');
}

function readCommit(content: Buffer): void {
  const commit = tryCommit({ type: 'commit', content });
  if (commit === undefined) return;
  const { message } = commit;
  commitMessage(content.toString('latin1'));
  checkpointsNamedIn(message);
  trailerValues(message, 'Entire-Checkpoint');
  lastTrailer(message, 'Ckpt-V1-Commit');
  if (lastTrailer(addTrailer(message, 'Ckpt-V1-Commit', OID), 'Ckpt-V1-Commit') !== OID)
    throw new Error('a trailer that was added is not found');
  withoutTrailer(message, 'Ckpt-V1-Commit');
}

function shown(content: unknown): string {
  const text = content instanceof Uint8Array ? Buffer.from(content).toString('latin1') : String(content);
  return JSON.stringify(text.length > 500 ? `${text.slice(0, 250)} … ${text.slice(-250)}` : text);
}
