import { expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { Repository } from '../../src/git/repository.ts';
import { git } from '../fixtures/git.ts';
import { contentHash, V1_REF } from '../fixtures/v1-builder.ts';
import { overlay } from '../migrate/overlay.ts';
import { describeStores, FOLDER, ID } from './store-bench.ts';
import { bytesOf } from './transcripts.ts';
import { V1Store } from './v1-store.ts';

const id = ID as CheckpointId;
const REMOTE_REF = 'refs/remotes/origin/entire/checkpoints/v1';

/** The same stream; tells the length of each of its chunks. */
async function* counting(stream: AsyncIterable<Buffer>, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    count(chunk.length);
    yield chunk;
  }
}

describeStores('V1Store', ({ newRepo, use }) => {
  it('finds nothing where there is no branch, no checkpoint, no session', async () => {
    const empty = newRepo();
    const other = newRepo((v1) => v1.checkpoint('b1c2d3e4f506', {}));
    for (const dir of [empty, other]) {
      await use(dir, async (repo) => {
        const store = new V1Store(repo);
        expect(await store.readSummary(id)).toBeUndefined();
        expect(await store.listSessions(id)).toEqual([]);
        expect(await store.readSession(id, '0')).toBeUndefined();
        expect(await store.readPrompts(id, '0')).toBeUndefined();
        expect(await store.readTranscript(id, '0')).toBeUndefined();
        expect(await store.listCheckpoints()).toEqual(dir === empty ? [] : ['b1c2d3e4f506']);
      });
    }
  });

  it('reads what real data has: gaps, sessions without transcripts, hashes that are wrong', async () => {
    const transcript = 'one\ntwo\n\nthree\n';
    const dir = newRepo((v1) => {
      v1.checkpoint('ffffffffffff', {});
      v1.checkpoint(ID, {
        sessions: [
          { number: 0, sessionId: 'a', transcript, chunkBytes: 4, prompts: ['p', 'q\n\nr'] },
          { number: 2, sessionId: 'b', transcript: null, prompts: null },
          { number: 10, sessionId: 'c', transcript: null, files: { 'full.log': 'old' }, contentHash: 'none' },
          { number: 3, metadataText: '[]', contentHash: 'wrong', prompts: [''] },
        ],
      });
      v1.commit({ files: { 'zz/notes': 'x', [`${FOLDER.slice(0, 2)}/short/x`]: 'x', 'vercel.json': '{}' } });
    });
    await use(dir, async (repo) => {
      const store = new V1Store(repo);
      expect(await store.listCheckpoints()).toEqual([ID, 'ffffffffffff']);
      expect(await store.listSessions(id)).toEqual(['0', '2', '3', '10']);
      expect((await store.readSummary(id))?.value?.checkpoint_id).toBe(ID);
      expect((await store.readSession(id, '0'))?.value?.session_id).toBe('a');
      const broken = await store.readSession(id, '3');
      expect([broken?.content.toString(), broken?.value]).toEqual(['[]', undefined]);
      expect(await store.readPrompts(id, '0')).toEqual(['p', 'q\n\nr']);
      expect(await store.readPrompts(id, '2')).toBeUndefined();
      expect(await store.readPrompts(id, '3')).toEqual(['']);
      const whole = await store.readTranscript(id, '0');
      expect((await bytesOf(whole)).toString()).toBe(transcript);
      expect(whole).toMatchObject({ ref: V1_REF, contentHash: contentHash(transcript) });
      expect(whole?.paths.slice(0, 2)).toEqual([`${FOLDER}/0/full.jsonl`, `${FOLDER}/0/full.jsonl.001`]);
      expect(await store.readTranscript(id, '2')).toBeUndefined();
      expect((await store.readTranscript(id, '3'))?.contentHash).not.toBe(contentHash(transcript));
      const old = await store.readTranscript(id, '10');
      expect([old?.paths, old?.contentHash]).toEqual([[`${FOLDER}/10/full.log`], undefined]);
    });
  });

  it('joins message objects that lie in pieces', async () => {
    const dir = newRepo((v1) => {
      const files = { 'full.jsonl': '{"id":1,"messages":["a","b"]}', 'full.jsonl.001': '{"id":1,"messages":["c"]}' };
      v1.checkpoint(ID, { sessions: [{ transcript: null, files }] });
    });
    const read = await use(dir, async (repo) => bytesOf(await new V1Store(repo).readTranscript(id, '0')));
    expect(read.toString()).toBe('{"id":1,"messages":["a","b","c"]}');
  });

  it('reads JSONL in large pieces once: only the beginning of the first one is looked at before', async () => {
    const line = JSON.stringify({ type: 'user', text: 'x'.repeat(2000) });
    const piece = Array.from({ length: 4000 }, () => line).join('\n');
    const dir = newRepo((v1) => {
      v1.checkpoint(ID, { sessions: [{ transcript: null, files: { 'full.jsonl': piece, 'full.jsonl.001': line } }] });
    });
    let streamed = 0;
    const counted = (repo: Repository) =>
      overlay(repo, {
        streamBlob: async (blob) => {
          const stream = await repo.streamBlob(blob);
          return (
            stream &&
            counting(stream, (bytes) => {
              streamed += bytes;
            })
          );
        },
      });
    const read = await use(dir, async (repo) => bytesOf(await new V1Store(counted(repo)).readTranscript(id, '0')));
    expect(read.toString()).toBe(`${piece}\n${line}`);
    expect(streamed).toBeLessThan(read.length + piece.length / 4);
  });

  it('says which file is absent', async () => {
    const dir = newRepo((v1) => v1.checkpoint(ID, { sessions: [{ absent: ['full.jsonl', 'prompt.txt'] }] }));
    await use(dir, async (repo) => {
      const store = new V1Store(repo);
      await expect(bytesOf(await store.readTranscript(id, '0'))).rejects.toThrow(`${FOLDER}/0/full.jsonl is absent`);
      expect(await store.readPrompts(id, '0')).toBeUndefined();
    });
  });

  it('reads what was fetched where there is no local branch', async () => {
    const dir = newRepo((v1) => v1.checkpoint(ID, {}));
    git(dir, 'update-ref', REMOTE_REF, V1_REF);
    git(dir, 'update-ref', '-d', V1_REF);
    const transcript = await use(dir, (repo) => new V1Store(repo).readTranscript(id, '0'));
    expect(transcript?.ref).toBe(REMOTE_REF);
  });
});
