import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../../src/git/repository.ts';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { verify } from '../../../src/verify/verify.ts';
import { git, gitBytes, initRepository } from '../../fixtures/git.ts';
import { refOf } from '../../fixtures/refs-reference.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { contentHash, shardPath, V1_REF } from '../../fixtures/v1-builder.ts';
import { ENGINES, withRepository } from '../support.ts';

/** A session that can be counted, one whose transcript is a document, one that was pruned. */
const COUNTED = 'a3b2c4d5e6f7';
const DOCUMENT = 'b1c2d3e4f506';
const PRUNED = 'c0ffee123456';

const line = (value: object) => `${JSON.stringify(value)}\n`;
const RAW = [
  line({ type: 'permission-mode' }),
  line({ type: 'user', timestamp: 't1', message: { role: 'user', content: 'first' } }),
  line({ type: 'assistant', timestamp: 't2', message: { id: 'm1', role: 'assistant', content: [] } }),
  line({ type: 'system', timestamp: 't3' }),
  line({ type: 'user', timestamp: 't4', message: { role: 'user', content: 'second' } }),
].join('');
const COMPACT = [
  line({ v: 1, type: 'user', ts: 't1', content: [] }),
  line({ v: 1, type: 'assistant', ts: 't2', id: 'm1', content: [] }),
  line({ v: 1, type: 'user', ts: 't4', content: [] }),
].join('');

/** A V2 as Entire CLI 0.5.6–0.6.2 wrote it, without V1: one commit on `main`, one generation. */
function entireV2(): string {
  const dir = initRepository({ dir: join(tempDir(), 'repo'), bare: true });
  const main: string[] = [];
  const full: string[] = [];
  const put = (files: string[], path: string, text: string) =>
    files.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  for (const id of [COUNTED, DOCUMENT, PRUNED]) {
    const at = `${shardPath(id)}/0`;
    const paths = { metadata: `/${at}/metadata.json`, transcript: `/${at}/transcript.jsonl` };
    const sessions = [{ ...paths, content_hash: `/${at}/transcript_hash.txt`, prompt: '' }];
    put(main, `${shardPath(id)}/metadata.json`, `${JSON.stringify({ checkpoint_id: id, sessions }, null, 2)}\n`);
    const metadata = { checkpoint_id: id, session_id: `s-${id}`, checkpoint_transcript_start: 2, model: 'm' };
    put(main, `${at}/metadata.json`, `${JSON.stringify(metadata, null, 2)}\n`);
    put(main, `${at}/transcript.jsonl`, COMPACT);
    put(main, `${at}/transcript_hash.txt`, contentHash(COMPACT));
    if (id === PRUNED) continue;
    const text = id === COUNTED ? RAW : JSON.stringify({ messages: [{ type: 'user' }] }, null, 2);
    put(full, `${at}/raw_transcript`, text);
    put(full, `${at}/raw_transcript_hash.txt`, contentHash(text));
  }
  const commit = (ref: string, files: string[]) =>
    `commit refs/entire/checkpoints/v2/${ref}\ncommitter A <a@b> 1780000000 +0000\ndata 2\nc\n\n${files.join('')}\n`;
  gitBytes(dir, ['fast-import', '--quiet'], { input: commit('main', main) + commit('full/current', full) });
  return dir;
}

const toLayout = (dir: string, to: 'v1' | 'refs', engine: EngineName) =>
  withRepository(dir, engine, (repo) => migrateBetween(repo, { from: 'v2', to }));
const place = (checkpoint: string) => ({ checkpoint, session: '0' });
const sessions = {
  withoutTranscript: [place(PRUNED)],
  startsCounted: [place(COUNTED)],
  startsLeftOut: [place(DOCUMENT), place(PRUNED)],
};

describe.each(ENGINES)('a V2 that Entire wrote (%s)', (engine) => {
  it.each(['v1', 'refs'] as const)('has its starts counted in raw transcripts on the way to %s', async (to) => {
    const dir = entireV2();
    const result = await toLayout(dir, to, engine);
    expect(result).toMatchObject({ status: 'migrated', sessions });
    const metadataOf = (id: string) => {
      const folder = to === 'v1' ? `${V1_REF}:${shardPath(id)}/` : `${refOf(id)}:`;
      return git(dir, 'cat-file', 'blob', `${folder}0/metadata.json`);
    };
    expect(JSON.parse(metadataOf(COUNTED))).toEqual({
      checkpoint_id: COUNTED,
      session_id: `s-${COUNTED}`,
      checkpoint_transcript_start: 4,
      model: 'm',
    });
    for (const id of [DOCUMENT, PRUNED]) {
      const plain = { checkpoint_id: id, session_id: `s-${id}`, model: 'm' };
      expect(metadataOf(id)).toBe(JSON.stringify(plain, null, 2));
    }
    const { counts, findings } = await withRepository(dir, engine, (repo) => verify(repo, { from: 'v2', to }));
    expect(counts.errors).toBe(0);
    const pruned = findings.filter(({ code }) => code === 'TRANSCRIPT_PRUNED');
    expect(pruned.map(({ severity, checkpoint, session }) => [severity, checkpoint, session])).toEqual([
      ['note', PRUNED, '0'],
    ]);
    expect((await toLayout(dir, to, engine)).status).toBe('up-to-date');
  });

  it('lists the raw transcript and its hash in V1, where V2 lists the compact one', async () => {
    const dir = entireV2();
    await toLayout(dir, 'v1', engine);
    const at = `/${shardPath(COUNTED)}/0`;
    expect(JSON.parse(git(dir, 'cat-file', 'blob', `${V1_REF}:${shardPath(COUNTED)}/metadata.json`)).sessions).toEqual([
      {
        metadata: `${at}/metadata.json`,
        transcript: `${at}/full.jsonl`,
        content_hash: `${at}/content_hash.txt`,
        prompt: '',
      },
    ]);
  });
});
