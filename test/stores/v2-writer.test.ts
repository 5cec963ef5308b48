import { expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { SessionFinalize, SessionWrite, SummaryWrite } from '../../src/checkpoint/session-write.ts';
import { withoutTranscriptFields } from '../../src/checkpoint/summary.ts';
import type { FullCurrentMode } from '../../src/generations/generation.ts';
import type { SessionWriter } from '../../src/stores/session-writer.ts';
import { git, gitBytes, refs } from '../fixtures/git.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';
import { checkpointsOf, listing } from '../migrate/support.ts';
import {
  counting,
  describeStores,
  FOLDER,
  fileOf,
  filesOf,
  ID,
  jsonOf,
  manyIds,
  sessionWrite,
  source,
  v1Writer,
  v2Writer,
} from './store-bench.ts';
import { bytesOf } from './transcripts.ts';
import { V1Store } from './v1-store.ts';
import { V2Store } from './v2-store.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const MANIFEST = 'refs/entire/checkpoints/v2/generations';
const ARCHIVE = 'refs/entire/checkpoints/v2/full/0000000000001';

const writer = v2Writer;

/** One write after another, of whichever kind. */
type Step = (store: SessionWriter) => Promise<unknown>;
const write =
  (sessionId: string, more: Partial<SessionWrite> = {}): Step =>
  (store) =>
    store.writeCommitted(sessionWrite(sessionId, more));
const finalize =
  (sessionId: string, more: Partial<SessionFinalize> = {}): Step =>
  (store) =>
    store.updateCommitted({ checkpointId: ID, sessionId, ...more });
const summarize =
  (more: Partial<SummaryWrite> = {}): Step =>
  (store) =>
    store.updateSummary({ checkpointId: ID, summary: { intent: 'ü <b>' }, ...more });

const STEPS: readonly Step[] = [
  write('a', { transcript: source(transcriptText('a')), prompts: ['one', 'two'], context: 'notes' }),
  write('b', { prompts: [] }),
  write('a', {
    transcript: source(transcriptText('a', 5)),
    prompts: ['one'],
    metadata: { checkpoints_count: 3, files_touched: ['ü', 'b'], token_usage: { input_tokens: 3 } },
  }),
  write('b', { task: { toolUseId: 'toolu_1', incremental: { sequence: 1, checkpoint: { step: 1 } } } }),
  write('b', {
    task: { toolUseId: 'toolu_1', agentId: 'x', final: { checkpoint: {}, transcript: source('sub\n') } },
  }),
  finalize('b', { transcript: source(transcriptText('b', 9)), prompts: ['all', 'of it'] }),
  summarize({ sessionId: 'a' }),
  summarize(),
  write('c', { checkpointId: 'b1c2d3e4f506', transcript: source('{"messages":[1]}') }),
];

describeStores('a session writer to V2', ({ newRepo, use }) => {
  it('puts metadata and prompts on main, transcripts and tasks on full/current', async () => {
    const dir = newRepo();
    const task = { toolUseId: 'toolu_1', incremental: { sequence: 2, checkpoint: {} } };
    const result = await use(dir, (repo) =>
      writer(repo).writeCommitted(sessionWrite('x', { transcript: source('t\n'), prompts: ['p'], context: 'c', task })),
    );
    expect(filesOf(dir, MAIN)).toEqual(
      ['0/context.md', '0/metadata.json', '0/prompt.txt', 'metadata.json'].map((name) => `100644 ${FOLDER}/${name}`),
    );
    expect(filesOf(dir, CURRENT)).toEqual(
      ['0/content_hash.txt', '0/full.jsonl', '0/tasks/toolu_1/checkpoints/002-toolu_1.json'].map(
        (name) => `100644 ${FOLDER}/${name}`,
      ),
    );
    expect(jsonOf(dir, MAIN, `${FOLDER}/metadata.json`).sessions).toEqual([
      { metadata: `/${FOLDER}/0/metadata.json`, context: `/${FOLDER}/0/context.md`, prompt: `/${FOLDER}/0/prompt.txt` },
    ]);
    for (const ref of [MAIN, CURRENT]) {
      expect(git(dir, 'log', '--format=%an <%ae> %at|%s', ref)).toBe(
        `Ada Tëster <ada@example.com> 1700000000|Checkpoint: ${ID}`,
      );
    }
    expect(refs(dir)).toEqual({ [MAIN]: result.commit, [CURRENT]: git(dir, 'rev-parse', CURRENT) });
    expect(result.refs.map(({ ref }) => ref).sort()).toEqual([CURRENT, MAIN]);
    expect(git(dir, 'fsck', '--strict')).toBe('');
  });

  it.each<FullCurrentMode>(['accumulate', 'replace'])(
    'gives back what V1 gives for the same writes (%s)',
    async (mode) => {
      const [one, two] = [newRepo(), newRepo()];
      await use(one, (v1) =>
        use(two, async (v2) => {
          const [left, right] = [new V1Store(v1), new V2Store(v2)];
          for (const step of STEPS) {
            await step(v1Writer(v1));
            await step(writer(v2, mode));
            expect(await right.listCheckpoints()).toEqual(await left.listCheckpoints());
            for (const id of await left.listCheckpoints()) await expectSame(left, right, id);
          }
        }),
      );
      for (const dir of [one, two]) expect(git(dir, 'fsck', '--strict', '--no-dangling')).toBe('');
    },
  );

  it('rotates when the generation is full, not before, and starts again empty', async () => {
    const dir = newRepo();
    const ids = ['aa0000000001', 'bb0000000002', 'aa0000000003', 'cc0000000004'];
    await use(dir, async (repo) => {
      for (const [i, checkpointId] of ids.entries()) {
        const metadata = { created_at: `2026-01-0${9 - i}T00:00:00.123456789+01:00` };
        await writer(repo, 'accumulate', 3).writeCommitted(
          sessionWrite('x', { checkpointId, metadata, transcript: source(`${i}\n`) }),
        );
        expect(Object.hasOwn(refs(dir), ARCHIVE)).toBe(i >= 2);
        if (i === 2) expect(filesOf(dir, CURRENT)).toEqual([]);
      }
    });
    expect(checkpointsOf(dir, '0000000000001')).toEqual([...ids.slice(0, 3)].sort());
    expect(checkpointsOf(dir, 'current')).toEqual(ids.slice(3));
    expect(fileOf(dir, ARCHIVE, 'generation.json')).toBe(
      '{\n  "oldest_checkpoint_at": "2026-01-07T00:00:00.123456789+01:00",\n  "newest_checkpoint_at": "2026-01-09T00:00:00.123456789+01:00"\n}\n',
    );
    const newest = Date.parse('2026-01-09T00:00:00+01:00') / 1000;
    expect(git(dir, 'log', '--format=%an <%ae> %at %cn %ct|%B|%P', ARCHIVE)).toBe(
      `ckpt <ckpt@localhost> ${newest} ckpt ${newest}|Archive generation 0000000000001\n|`,
    );
    expect(git(dir, 'log', '--format=%at|%s|%P', `${CURRENT}~`)).toBe(`${newest}|Start generation|`);
  });

  it('finalizes in the archive that holds the transcript, and rotates to the next number', async () => {
    const dir = newRepo();
    await use(dir, async (repo) => {
      const store = writer(repo, 'accumulate', 2);
      for (const checkpointId of [ID, 'bb0000000002', 'cc0000000003']) {
        await store.writeCommitted(sessionWrite('x', { checkpointId, transcript: source('short\n') }));
      }
      const current = refs(dir)[CURRENT];
      const result = await store.updateCommitted({ checkpointId: ID, sessionId: 'x', transcript: source('whole\n') });
      expect(result.refs.map(({ ref }) => ref).sort()).toEqual([ARCHIVE, MANIFEST, MAIN]);
      expect(refs(dir)[CURRENT]).toBe(current);
      const found = await new V2Store(repo).readTranscript(ID as CheckpointId, '0');
      expect(found?.ref).toBe(ARCHIVE);
      expect((await bytesOf(found)).toString()).toBe('whole\n');
      // A session more in an archived checkpoint goes where the checkpoint is.
      await store.writeCommitted(sessionWrite('y', { transcript: source('y\n') }));
      await store.writeCommitted(sessionWrite('x', { checkpointId: 'dd0000000004', transcript: source('z\n') }));
    });
    expect(git(dir, 'rev-list', '--count', ARCHIVE)).toBe('1');
    expect(filesOf(dir, ARCHIVE).filter((path) => path.includes(FOLDER))).toHaveLength(4);
    expect(checkpointsOf(dir, '0000000000002')).toEqual(['cc0000000003', 'dd0000000004']);
  });

  it('leaves no empty folder where a write takes a transcript away', async () => {
    const dir = newRepo();
    const other = 'b1c2d3e4f506';
    await use(dir, async (repo) => {
      const put = (checkpointId: string, transcript?: string) =>
        writer(repo, 'accumulate', 2).writeCommitted(
          sessionWrite('x', { checkpointId, ...(transcript && { transcript: source(transcript) }) }),
        );
      await put(ID, 'x\n');
      await put(ID);
      expect(filesOf(dir, CURRENT)).toEqual([]);
      expect(git(dir, 'ls-tree', CURRENT)).toBe('');
      await put(ID, 'x\n');
      await put(other, 'x\n');
      await put(ID);
      expect(checkpointsOf(dir, '0000000000001')).toEqual([other]);
      await put(other);
      expect(Object.keys(refs(dir))).toEqual([CURRENT, MANIFEST, MAIN]);
      // The number of an archive that is gone stays taken.
      await put('c1c2d3e4f506', 'x\n');
      await put('d1c2d3e4f506', 'x\n');
      expect(checkpointsOf(dir, '0000000000002')).toEqual(['c1c2d3e4f506', 'd1c2d3e4f506']);
    });
  });

  it('goes on with the names that a generation has', async () => {
    const dir = newRepo();
    const other = 'b1c2d3e4f506';
    await use(dir, async (repo) => {
      await writer(repo).writeCommitted(sessionWrite('x', { checkpointId: other, transcript: source('x\n') }));
      const files = { 'full.jsonl': 'raw_transcript', 'content_hash.txt': 'raw_transcript_hash.txt' };
      renameFiles(dir, CURRENT, `b1/c2d3e4f506/0`, files);
      await writer(repo).writeCommitted(sessionWrite('x', { transcript: source('new\n') }));
      await writer(repo).updateCommitted({ checkpointId: other, sessionId: 'x', transcript: source('whole\n') });
      for (const [checkpoint, text] of Object.entries({ [ID]: 'new\n', [other]: 'whole\n' })) {
        const transcript = await new V2Store(repo).readTranscript(checkpoint as CheckpointId, '0');
        expect((await bytesOf(transcript)).toString()).toBe(text);
      }
    });
    expect(filesOf(dir, CURRENT)).toEqual(
      [`${FOLDER}/0/raw_transcript`, `${FOLDER}/0/raw_transcript_hash.txt`]
        .concat(['b1/c2d3e4f506/0/raw_transcript', 'b1/c2d3e4f506/0/raw_transcript_hash.txt'])
        .map((path) => `100644 ${path}`),
    );
  });

  it('takes no number that a folder has in either place', async () => {
    const dir = newRepo();
    await use(dir, async (repo) => {
      await writer(repo).writeCommitted(sessionWrite('a', { transcript: source('a\n') }));
      await writer(repo).writeCommitted(sessionWrite('b', { transcript: source('b\n') }));
    });
    const tree = git(dir, 'rev-parse', `${MAIN}~`);
    git(dir, 'update-ref', MAIN, tree); // main was set back: it knows session a alone
    const { session } = await use(dir, (repo) => writer(repo).writeCommitted(sessionWrite('c')));
    expect(session).toBe('2');
  });

  it('shows the last write alone in replace mode, and gathers all of them when it rotates', async () => {
    const dir = newRepo();
    const ids = ['aa0000000001', 'bb0000000002', 'cc0000000003', ID];
    await use(dir, async (repo) => {
      const store = writer(repo, 'replace', 4);
      const put = (checkpointId: string, sessionId: string) =>
        store.writeCommitted(sessionWrite(sessionId, { checkpointId, transcript: source(`${sessionId}\n`) }));
      for (const checkpointId of ids.slice(0, 3)) {
        await put(checkpointId, 'x');
        expect(checkpointsOf(dir, 'current')).toEqual([checkpointId]);
      }
      // Its other session comes along from the history.
      await put('aa0000000001', 'y');
      expect(filesOf(dir, CURRENT)).toHaveLength(4);
      const past = await new V2Store(repo).readTranscript('bb0000000002' as CheckpointId, '0');
      expect((await bytesOf(past)).toString()).toBe('x\n');
      await put(ID, 'x');
    });
    expect(checkpointsOf(dir, '0000000000001')).toEqual([...ids].sort());
    expect(filesOf(dir, CURRENT)).toEqual([]);
    expect(git(dir, 'rev-list', '--count', CURRENT)).toBe('1');
  });

  it('loses nothing where the mode changes', async () => {
    const dir = newRepo();
    await use(dir, async (repo) => {
      const put = (mode: FullCurrentMode, checkpointId: string, sessionId = 'x') =>
        writer(repo, mode, 3).writeCommitted(sessionWrite(sessionId, { checkpointId, transcript: source('x\n') }));
      await put('replace', 'aa0000000001');
      await put('replace', 'bb0000000002');
      await put('accumulate', 'aa0000000001', 'y');
      await put('accumulate', 'cc0000000003');
      await put('accumulate', 'dd0000000004');
    });
    const held = [...checkpointsOf(dir, '0000000000001'), ...checkpointsOf(dir, 'current')];
    expect(held).toEqual(['aa0000000001', 'bb0000000002', 'cc0000000003', 'dd0000000004']);
    expect(filesOf(dir, ARCHIVE).filter((path) => path.includes('aa/'))).toHaveLength(4);
  });

  it('writes nothing at all where an ID is wrong, or the session is not there', async () => {
    const dir = newRepo();
    const before = listing(dir);
    await use(dir, async (repo) => {
      const wrong = writer(repo).writeCommitted(sessionWrite('x', { checkpointId: 'no', transcript: source('x') }));
      await expect(wrong).rejects.toMatchObject({ code: 'BAD_WRITE' });
      expect(listing(dir)).toEqual(before);
      const finalizing = writer(repo).updateCommitted({ checkpointId: ID, sessionId: 'x', transcript: source('x') });
      await expect(finalizing).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
      const summary = writer(repo).updateSummary({ checkpointId: ID, summary: 'x' });
      await expect(summary).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    });
    expect(refs(dir)).toEqual({});
  });

  it('costs the same however many checkpoints there are', async () => {
    const costs: unknown[] = [];
    for (const count of [10, 1010]) {
      const dir = newRepo((v1) => {
        const ids = manyIds(count);
        ids[0] = 'a3ffffffffff';
        for (let at = 0; at < ids.length; at += 10) {
          v1.commit({
            files: Object.fromEntries(
              ids.slice(at, at + 10).flatMap((id) => {
                const folder = `${id.slice(0, 2)}/${id.slice(2)}`;
                return [
                  [`${folder}/metadata.json`, '{}\n'],
                  [`${folder}/0/full.jsonl`, 'x\n'],
                ];
              }),
            ),
          });
        }
      });
      await use(dir, async (opened) => {
        const { migrate } = await import('../../src/migrate/migrate.ts');
        await migrate(opened, {});
        const { repo, counts } = counting(opened);
        await writer(repo).writeCommitted(sessionWrite('x', { transcript: source('x\n'), prompts: ['x'] }));
        await writer(repo).updateCommitted({ checkpointId: ID, sessionId: 'x', transcript: source('y\n') });
        await writer(repo).updateSummary({ checkpointId: ID, summary: {} });
        costs.push({ ...counts });
      });
    }
    const [few, many] = costs as { read: number; written: number }[];
    expect(many?.written).toBe(few?.written);
    expect(Math.abs((many?.read ?? 0) - (few?.read ?? 0))).toBeLessThanOrEqual(6); // checkpoints of current share shards
  });
});

/** Everything that the readers give of a checkpoint is the same, but for the transcript's paths in the summary. */
async function expectSame(v1: V1Store, v2: V2Store, id: CheckpointId): Promise<void> {
  const sessions = await v1.listSessions(id);
  expect(await v2.listSessions(id)).toEqual(sessions);
  const summary = (await v1.readSummary(id))?.content ?? Buffer.alloc(0);
  expect((await v2.readSummary(id))?.content.toString()).toBe(withoutTranscriptFields(summary).toString());
  for (const session of sessions) {
    expect((await v2.readSession(id, session))?.content).toEqual((await v1.readSession(id, session))?.content);
    expect(await v2.readPrompts(id, session)).toEqual(await v1.readPrompts(id, session));
    const [left, right] = [await v1.readTranscript(id, session), await v2.readTranscript(id, session)];
    expect([right?.paths, right?.contentHash]).toEqual([left?.paths, left?.contentHash]);
    if (left !== undefined) expect(await bytesOf(right)).toEqual(await bytesOf(left));
  }
}

/** Gives files in a folder of a ref's tree other names, in a commit on top. */
function renameFiles(dir: string, ref: string, folder: string, names: Record<string, string>): void {
  const env = { GIT_INDEX_FILE: `${dir}/rename-index`, GIT_WORK_TREE: dir, GIT_DIR: dir };
  const run = (...args: string[]) => gitBytes(dir, args, { env }).toString().trim();
  run('read-tree', ref);
  for (const [from, to] of Object.entries(names)) {
    const id = run('rev-parse', `${ref}:${folder}/${from}`);
    run('update-index', '--force-remove', `${folder}/${from}`);
    run('update-index', '--add', '--cacheinfo', `100644,${id},${folder}/${to}`);
  }
  run('update-ref', ref, run('commit-tree', '-p', ref, '-m', 'renamed', run('write-tree')));
}
