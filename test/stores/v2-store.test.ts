import { expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { git, refs } from '../fixtures/git.ts';
import { contentHash } from '../fixtures/v1-builder.ts';
import { editTip } from '../verify/damage.ts';
import { describeStores, FOLDER, ID, sessionWrite, source, v2Writer } from './store-bench.ts';
import { bytesOf } from './transcripts.ts';
import { V2Store } from './v2-store.ts';

const id = ID as CheckpointId;
const FULL = 'refs/entire/checkpoints/v2/full/';

describeStores('V2Store', ({ newRepo, use }) => {
  it('finds nothing where there is no V2', async () => {
    const dir = newRepo((v1) => v1.checkpoint(ID, {}));
    await use(dir, async (repo) => {
      const store = new V2Store(repo);
      expect(await store.listCheckpoints()).toEqual([]);
      expect(await store.readSummary(id)).toBeUndefined();
      expect(await store.listSessions(id)).toEqual([]);
      expect(await store.readSession(id, '0')).toBeUndefined();
      expect(await store.readPrompts(id, '0')).toBeUndefined();
      expect(await store.readTranscript(id, '0')).toBeUndefined();
    });
  });

  it('reads from main, from full/current and from the archives', async () => {
    const ids = ['aa0000000001', 'bb0000000002', 'cc0000000003'] as CheckpointId[];
    const dir = newRepo((v1) => {
      for (const one of ids) {
        v1.checkpoint(one, {
          sessions: [
            { transcript: `${one}\na\nb\n`, chunkBytes: 14 },
            { number: 4, transcript: null },
          ],
        });
      }
    });
    await use(dir, async (repo) => {
      await migrate(repo, { maxCheckpoints: 1 });
      const store = new V2Store(repo);
      expect(await store.listCheckpoints()).toEqual(ids);
      for (const [i, one] of ids.entries()) {
        expect(await store.listSessions(one)).toEqual(['0', '4']);
        expect((await store.readSession(one, '0'))?.value?.checkpoint_id).toBe(one);
        expect((await store.readSummary(one))?.value?.sessions?.[0]).not.toHaveProperty('transcript');
        expect(await store.readPrompts(one, '0')).toEqual(['do this', 'then that']);
        expect(await store.readTranscript(one, '4')).toBeUndefined();
        const transcript = await store.readTranscript(one, '0');
        expect(transcript).toMatchObject({
          ref: `${FULL}000000000000${i + 1}`,
          contentHash: contentHash(`${one}\na\nb\n`),
        });
        expect((await bytesOf(transcript)).toString()).toBe(`${one}\na\nb\n`);
      }
      // A pruned generation: its transcripts are gone, the rest stays.
      git(dir, 'update-ref', '-d', `${FULL}0000000000001`);
      expect(await store.readTranscript('aa0000000001' as CheckpointId, '0')).toBeUndefined();
      expect(await store.readPrompts('aa0000000001' as CheckpointId, '0')).toEqual(['do this', 'then that']);
    });
  });

  it('looks in full/current first, then in the archives from the newest on, under each set of names', async () => {
    const dir = newRepo((v1) => v1.checkpoint(ID, { sessions: [{ transcript: 'of 1\n' }] }));
    await use(dir, async (repo) => {
      await migrate(repo, { maxCheckpoints: 1 });
      // As other writers leave it: the same session in several generations, whose numbers are no text to be sorted.
      const first = `${FULL}0000000000001`;
      const others = [
        ['0000000000002', { 'full.jsonl': 'of 2\n' }],
        ['0000000000010', { raw_transcript: 'of 10', 'raw_transcript.001': 'and more\n' }],
        ['current', { raw_transcript: 'of current\n', 'raw_transcript_hash.txt': `${contentHash('of current\n')}\n` }],
      ] as const;
      for (const [name, files] of others) {
        git(dir, 'update-ref', `${FULL}${name}`, git(dir, 'rev-parse', first));
        const placed = Object.entries(files).map(([file, text]) => [`${FOLDER}/0/${file}`, text]);
        editTip(dir, `${FULL}${name}`, { [`${FOLDER}/0`]: null, ...Object.fromEntries(placed) });
      }
      const store = new V2Store(repo);
      const read = async () => {
        const transcript = await store.readTranscript(id, '0');
        return { ref: transcript?.ref, hash: transcript?.contentHash, text: (await bytesOf(transcript)).toString() };
      };
      const hash = contentHash('of current\n');
      expect(await read()).toEqual({ ref: `${FULL}current`, hash, text: 'of current\n' });
      git(dir, 'update-ref', '-d', `${FULL}current`);
      expect(await read()).toMatchObject({ ref: `${FULL}0000000000010`, text: 'of 10\nand more\n' });
      git(dir, 'update-ref', '-d', `${FULL}0000000000010`);
      expect(await read()).toMatchObject({ ref: `${FULL}0000000000002`, text: 'of 2\n' });
      git(dir, 'update-ref', '-d', `${FULL}0000000000002`);
      expect(await read()).toMatchObject({ ref: first, text: 'of 1\n' });
    });
  });

  it('reads from the history of full/current what its tree does not show any more, the newest first', async () => {
    const dir = newRepo();
    await use(dir, async (repo) => {
      const writer = v2Writer(repo, 'replace');
      const put = (checkpointId: string, text: string) =>
        writer.writeCommitted(sessionWrite('x', { checkpointId, transcript: source(text) }));
      await put(ID, 'old\n');
      await put(ID, 'new\n');
      await put('b1c2d3e4f506', 'other\n');
      await put('ffffffffffff', 'last\n');
      const transcript = await new V2Store(repo).readTranscript(id, '0');
      expect(transcript).toMatchObject({ ref: `${FULL}current`, paths: [`${FOLDER}/0/full.jsonl`] });
      expect((await bytesOf(transcript)).toString()).toBe('new\n');
      expect(await new V2Store(repo).readTranscript(id, '1')).toBeUndefined();
      expect(Object.keys(refs(dir))).toEqual([`${FULL}current`, 'refs/entire/checkpoints/v2/main']);
    });
  });
});
