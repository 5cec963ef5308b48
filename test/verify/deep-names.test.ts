import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { FAITHFUL, type ForeignSpec } from '../fixtures/foreign-v2.ts';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { contentHash, shardPath, transcriptText, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn } from '../migrate/support.ts';
import { type Entry, editTip, textAt } from './damage.ts';
import { A, C, D, foreignRepository, verifyIn } from './foreign-v2.ts';
import { CURRENT, MAIN } from './sabotages.ts';

/** What a deep look says of contents, each as `CODE path`; what the comparison says is left out. */
async function saidOfContents(dir: string, engine: EngineName = 'native'): Promise<string[]> {
  const { findings } = await verifyIn(dir, engine, { deep: true });
  const about = /^(?:TRANSCRIPT|V1)_.*(?:HASH|JSON|CHECKED)|^OBJECT_|DANGLING/;
  return findings.filter(({ code }) => about.test(code)).map(({ code, path }) => `${code} ${path}`);
}

/** Two pieces or more of D's first session, whichever names they have. */
const pieces = (dir: string, name: string) =>
  git(dir, 'ls-tree', '--name-only', `${CURRENT}:${shardPath(D)}/0`)
    .split('\n')
    .filter((file) => file.startsWith(name));

describe.each(ENGINES)('the names of other writers in a deep look (%s)', (engine) => {
  test.each<[string, ForeignSpec]>([
    ['whole', FAITHFUL],
    ['in pieces', { ...FAITHFUL, pieceBytes: 300 }],
  ])('raw_transcript, %s, has the hash of raw_transcript_hash.txt', async (_, spec) => {
    const { dir } = foreignRepository(spec);
    expect(pieces(dir, 'raw_transcript').length).toBeGreaterThan(2);
    const { findings, deep } = await verifyIn(dir, engine, { deep: true });
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(deep?.transcriptCount).toBe(8 + 9); // raw and compact ones
    const last = `${shardPath(D)}/0/${pieces(dir, 'raw_transcript.').at(-1)}`;
    const hash = `${shardPath(A)}/0/raw_transcript_hash.txt`;
    editTip(dir, CURRENT, { [last]: `${textAt(dir, CURRENT, last)}{"more":1}\n`, [hash]: contentHash('another') });
    expect(await saidOfContents(dir, engine)).toEqual([
      `TRANSCRIPT_HASH_WRONG ${hash}`,
      `TRANSCRIPT_HASH_WRONG ${shardPath(D)}/0/raw_transcript_hash.txt`,
    ]);
  });
});

test.each<[string, string, Readonly<Record<string, Entry>>, readonly string[]]>([
  [
    'a hash that is none',
    CURRENT,
    { 'raw_transcript_hash.txt': 'x' },
    ['TRANSCRIPT_HASH_MALFORMED raw_transcript_hash.txt'],
  ],
  [
    'lines that are not JSON',
    CURRENT,
    { raw_transcript: '{"a":\n', 'raw_transcript_hash.txt': contentHash('{"a":\n') },
    ['TRANSCRIPT_NOT_JSON raw_transcript'],
  ],
  [
    'a compact transcript that is another',
    MAIN,
    { 'transcript.jsonl': '{}\n' },
    ['TRANSCRIPT_HASH_WRONG transcript_hash.txt'],
  ],
  [
    'a compact hash that is none',
    MAIN,
    { 'transcript_hash.txt': '' },
    ['TRANSCRIPT_HASH_MALFORMED transcript_hash.txt'],
  ],
  [
    'a compact transcript with lines that are not JSON',
    MAIN,
    { 'transcript.jsonl': 'compact\n', 'transcript_hash.txt': contentHash('compact\n') },
    ['TRANSCRIPT_NOT_JSON transcript.jsonl'],
  ],
])('in a V2 of another writer: %s', async (_, ref, files, expected) => {
  const { dir } = foreignRepository(FAITHFUL);
  const folder = `${shardPath(C)}/0`;
  editTip(dir, ref, Object.fromEntries(Object.entries(files).map(([name, entry]) => [`${folder}/${name}`, entry])));
  const said = await saidOfContents(dir);
  expect(said).toEqual(expected.map((line) => line.replace(' ', ` ${folder}/`)));
});

test('full.log of the first writers has a hash beside it, and its lines may be anything', async () => {
  const right = 'User: fix it\nAgent: done\n';
  const files = (hash: string) => ({ 'full.log': { content: right }, 'content_hash.txt': { content: hash } });
  const dir = join(tempDir(), 'repo.git');
  const v1 = new V1Builder();
  v1.checkpoint(A, { sessions: [{ transcript: null, files: files(contentHash(right)) }] });
  v1.checkpoint(C, { sessions: [{ transcript: null, files: files(contentHash(transcriptText('before'))) }] });
  v1.write(dir);
  await migrateIn(dir);
  expect(await saidOfContents(dir)).toEqual([`V1_HASH_WRONG ${shardPath(C)}/0/content_hash.txt`]);
  editTip(dir, CURRENT, { [`${shardPath(A)}/0/full.log`]: 'User: fix that\n' });
  expect(await saidOfContents(dir)).toEqual([
    `V1_HASH_WRONG ${shardPath(C)}/0/content_hash.txt`,
    `TRANSCRIPT_HASH_WRONG ${shardPath(A)}/0/content_hash.txt`,
  ]);
});
