import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, gitBytes } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { A, A2, B, badInputScenarios, historyScenarios, realScenarios, ULID, ULID2 } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn } from '../migrate/support.ts';
import { partIn, showIn } from './support.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const LAYOUTS = ['v1', 'v2'] as const;

/** The name of each session, whether it has a transcript, and the codes of what is unusual. */
async function gist(dir: string, layout: 'v1' | 'v2', id = A) {
  const { sessions, oddities } = await showIn(dir, id, { layout });
  return {
    sessions: sessions.map(({ session, transcript }) => `${session}${transcript === null ? '' : ' transcript'}`),
    oddities: [...new Set(oddities.map(({ code }) => code))],
  };
}

describe('showCheckpoint', () => {
  it('says what a bounded number of sessions holds, and looks at all for what is unusual', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.checkpoint(A, { sessions: ['a', 'b', 'c', 'a'].map((sessionId) => ({ sessionId })) });
    v1.write(dir);
    const { sessions, sessionCount, oddities } = await showIn(dir, A, { mostSessions: 2 });
    expect({ sessionCount, ids: sessions.map(({ sessionId }) => sessionId) }).toEqual({
      sessionCount: 4,
      ids: ['a', 'b'],
    });
    expect(oddities).toEqual((await showIn(dir, A)).oddities);
    expect(oddities.length).toBeGreaterThan(0);
    const last = await showIn(dir, A, { mostSessions: 2, session: '3' });
    expect(last.sessions.map(({ session, sessionId }) => [session, sessionId])).toEqual([['3', 'a']]);
  });

  it.each(ENGINES)('says the same of both layouts, but where it lies (%s)', async (engine) => {
    const dir = tempDir();
    await realScenarios.tasks(dir);
    await migrateIn(dir);
    const v1 = await showIn(dir, A, { layout: 'v1' }, engine);
    const v2 = await showIn(dir, A, { layout: 'v2' }, engine);
    const place = { layout: '', layouts: [], ref: '', commit: '', oddities: [] };
    const strip = (report: typeof v1) => ({
      ...report,
      ...place,
      sessions: report.sessions.map(({ transcript, ...rest }) => ({ ...rest, transcript: { ...transcript, ref: '' } })),
    });
    expect(v1).toMatchObject({ layout: 'v1', layouts: ['v1'], ref: V1_REF, sessionCount: 2 });
    expect(v1.sessions.map(({ taskCount }) => taskCount)).toEqual([2, 1]);
    expect(v2).toMatchObject({ layout: 'v2', ref: MAIN, commit: git(dir, 'rev-parse', MAIN) });
    expect(v2.sessions[0]?.transcript?.ref).toBe(CURRENT);
    expect(strip(v2)).toEqual(strip(v1));
  });

  it.each(share(LAYOUTS, 2))('knows sessions by their folders and names what is unusual (%s)', async (layout) => {
    const look = async (scenario: (dir: string) => Promise<unknown>) => {
      const dir = tempDir();
      await scenario(dir);
      await migrateIn(dir);
      return gist(dir, layout);
    };
    const [zero, one, two] = ['0 transcript', '1 transcript', '2 transcript'];
    expect(await look(realScenarios.gaps)).toEqual({
      sessions: [zero, two, '3 transcript'],
      oddities: ['V1_SESSION_GAP'],
    });
    expect((await look(realScenarios.moreFoldersThanListed)).sessions).toEqual([zero, one, two]);
    expect(await look(realScenarios.duplicateSessionId)).toEqual({
      sessions: [zero, one],
      oddities: ['V1_DUPLICATE_SESSION'],
    });
    expect((await look(realScenarios.doubledPaths)).oddities).toEqual(['V1_DANGLING_PATH']);
    expect((await look(realScenarios.metadataWithoutTranscript)).sessions).toEqual(['0', one, '2']);
    expect((await look(realScenarios.noContentHash)).oddities).toEqual(['V1_NO_CONTENT_HASH']);
    expect((await look(realScenarios.absentTranscript)).oddities).toEqual(['V1_ABSENT_BLOB']);
    expect((await look(badInputScenarios.truncatedSummary)).oddities).toContain('V1_BAD_SUMMARY');
    expect((await look(badInputScenarios.deepSessionMetadata)).sessions).toEqual([zero]);
  });

  it('says what is absent from the repository, and how large the rest is', async () => {
    const dir = tempDir();
    await realScenarios.absentTranscript(dir);
    const { sessions } = await showIn(dir, A);
    const bytes = gitBytes(dir, ['cat-file', 'blob', `${V1_REF}:${shardPath(A)}/1/full.jsonl`]).length;
    expect(sessions.map(({ transcript }) => transcript?.bytes)).toEqual([null, bytes]);
  });

  it('takes an ID by its first digits, and upper case', async () => {
    const dir = tempDir();
    await historyScenarios.merge(dir);
    expect((await showIn(dir, 'b')).checkpoint).toBe(B);
    expect((await showIn(dir, A.slice(0, 3).toUpperCase())).checkpoint).toBe(A);
    const hint = `Give more of the ID, for example ${A}`;
    await expect(showIn(dir, 'a3')).rejects.toMatchObject({ code: 'AMBIGUOUS_CHECKPOINT', candidates: [A, A2], hint });
    await expect(showIn(dir, 'a')).rejects.toThrow(
      `2 checkpoints begin with a:\n  ${A}  do this · README.md\n  ${A2}  do this · README.md`,
    );
    await expect(showIn(dir, '0')).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
    await expect(showIn(dir, '')).rejects.toMatchObject({ code: 'BAD_CHECKPOINT_ID', exitCode: 2 });
    await expect(showIn(dir, `${A}0`)).rejects.toMatchObject({ code: 'BAD_CHECKPOINT_ID' });
    await expect(showIn(dir, '8Z')).rejects.toMatchObject({ code: 'BAD_CHECKPOINT_ID' });
    await expect(showIn(dir, '../a3')).rejects.toMatchObject({ code: 'BAD_CHECKPOINT_ID' });
    await expect(showIn(dir, B, { session: '7' })).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('says what each of several is that the history alone has, or V2 alone', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.init();
    for (const one of [A, A2]) v1.checkpoint(one, { sessions: [{ prompts: [`Why ${one}?`] }] });
    v1.checkpoint(B);
    v1.commit({ message: 'Fault\n', files: { [shardPath(A)]: null, [shardPath(A2)]: null } });
    v1.write(dir);
    const label = (one: string) => `\n  ${one}  Why ${one}? · README.md`;
    await expect(showIn(dir, 'a3')).rejects.toThrow(`2 checkpoints begin with a3:${label(A)}${label(A2)}`);
    const [one, other] = ['0000000000ee', '0000000000ff'];
    writeForeignV2(dir, v1, { extra: [one, other] });
    const written = 'only in V2 · 20:26';
    const rows = `\n  ${one}  ${written}\n  ${other}  ${written}`;
    await expect(showIn(dir, '00')).rejects.toThrow(`2 checkpoints begin with 00:${rows}`);
  });

  it('takes a ULID and the beginning of one, in any case', async () => {
    const dir = tempDir();
    await historyScenarios.ulids(dir);
    for (const text of [ULID, ULID.toLowerCase(), '0azx']) expect((await showIn(dir, text)).checkpoint).toBe(ULID);
    expect((await showIn(dir, '01b')).checkpoint).toBe('01b2c4d5e6f7');
    await expect(showIn(dir, '01')).rejects.toMatchObject({ candidates: [ULID2, '01b2c4d5e6f7'] });
    await expect(showIn(dir, '7Z')).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
  });

  it('says which layout has what the other lacks', async () => {
    const dir = tempDir();
    const { v1 } = await historyScenarios.merge(dir);
    writeForeignV2(dir, v1, { lost: [B], extra: ['0000000000ee'] });
    await expect(showIn(dir, B, { layout: 'v2' })).rejects.toMatchObject({
      code: 'CHECKPOINT_NOT_FOUND',
      hint: ['V1 has it: ', ['ckpt', 'show', B, '--layout', 'v1']],
    });
    expect(await showIn(dir, '00')).toMatchObject({ layout: 'v2', layouts: ['v2'] });
  });

  it('reads V1 first, but where the settings say that V2 is written alone', async () => {
    const dir = tempDir();
    await historyScenarios.besideCode(dir);
    await migrateIn(dir);
    expect(await showIn(dir, A)).toMatchObject({ layout: 'v1', layouts: ['v1', 'v2'] });
    mkdirSync(join(dir, '.entire'));
    writeFileSync(join(dir, '.entire/settings.json'), '{"strategy_options":{"checkpoints_version":2}}');
    expect((await showIn(dir, A)).layout).toBe('v2');
    writeFileSync(join(dir, '.entire/settings.json'), '{broken');
    expect((await showIn(dir, A)).layout).toBe('v1');
  });

  it('reads the copy of origin, and says where there is nothing at all', async () => {
    const dir = tempDir();
    await historyScenarios.remoteOnly(dir);
    expect((await showIn(dir, A)).ref).toBe('refs/remotes/origin/entire/checkpoints/v1');
    await expect(showIn(dir, A, { layout: 'v2' })).rejects.toMatchObject({ code: 'NO_CHECKPOINTS', exitCode: 3 });
  });
});

describe('openPart', () => {
  const TEXT = transcriptText('chunked', 40);

  it.each(ENGINES)('gives each part byte for byte, from both layouts (%s)', async (engine) => {
    const dir = tempDir();
    await realScenarios.chunkedTranscript(dir);
    await migrateIn(dir);
    for (const layout of LAYOUTS) {
      expect((await partIn(dir, A, 'transcript', { layout }, engine)).toString()).toBe(TEXT);
      for (const [part, path] of [
        ['prompts', '0/prompt.txt'],
        ['metadata', '0/metadata.json'],
      ] as const) {
        const stored = gitBytes(dir, ['cat-file', 'blob', `${V1_REF}:${shardPath(A)}/${path}`]);
        expect((await partIn(dir, A, part, { layout, session: '0' }, engine)).equals(stored)).toBe(true);
      }
      const summary = gitBytes(dir, [
        'cat-file',
        'blob',
        `${layout === 'v1' ? V1_REF : MAIN}:${shardPath(A)}/metadata.json`,
      ]);
      expect((await partIn(dir, A, 'metadata', { layout }, engine)).equals(summary)).toBe(true);
    }
  });

  it('wants a session named where there are several', async () => {
    const dir = tempDir();
    await realScenarios.gaps(dir);
    await expect(partIn(dir, A, 'transcript')).rejects.toMatchObject({
      code: 'SESSION_NOT_NAMED',
      message: `checkpoint ${A} has 3 sessions: 0, 2, 3`,
      hint: ['Name one: ', ['ckpt', 'show', A, '--transcript', '--session', '3']],
    });
    await expect(partIn(dir, A, 'transcript', { rendered: true })).rejects.toMatchObject({
      hint: ['Name one: ', ['ckpt', 'show', A, '--transcript', '--rendered', '--session', '3']],
    });
    expect(await partIn(dir, A, 'transcript', { session: '3' })).not.toHaveLength(0);
    await expect(partIn(dir, A, 'prompts', { session: '1' })).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('finds the transcripts of another tool, in its generations and in their history', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    for (const id of [A, A2, B]) v1.checkpoint(id, { sessions: [{ transcript: transcriptText(id) }] });
    v1.write(dir);
    writeForeignV2(dir, v1, { archives: { 3: [A2] }, replacesCurrent: true });
    for (const id of [A, A2, B]) {
      expect((await partIn(dir, id, 'transcript', { layout: 'v2' })).toString()).toBe(transcriptText(id));
      expect((await showIn(dir, id, { layout: 'v2' })).sessions[0]?.transcript?.files[0]?.path).toMatch(
        /raw_transcript$/,
      );
    }
  });

  it('says of a transcript that is not there why, and where it is', async () => {
    const dir = tempDir();
    await historyScenarios.generations(dir);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const id = 'ff0000000001';
    git(dir, 'update-ref', '-d', 'refs/entire/checkpoints/v2/full/0000000000001');
    expect((await showIn(dir, id, { layout: 'v2' })).sessions[0]?.transcript).toBeNull();
    const pruned = { code: 'TRANSCRIPT_PRUNED', hint: ['Bring one back: ', ['ckpt', 'prune', '--restore', '1']] };
    await expect(partIn(dir, id, 'transcript', { layout: 'v2' })).rejects.toMatchObject(pruned);
    expect(await partIn(dir, id, 'transcript')).not.toHaveLength(0); // V1 has it

    const without = tempDir();
    await realScenarios.noTranscriptAtAll(without);
    await expect(partIn(without, A, 'transcript')).rejects.toMatchObject({
      code: 'PART_NOT_FOUND',
      message: `session 0 of checkpoint ${A} has no transcript on ${V1_REF}`,
    });
    await expect(partIn(without, A, 'prompts')).resolves.toBeDefined();

    const absent = tempDir();
    await realScenarios.absentTranscript(absent);
    await expect(partIn(absent, A, 'transcript', { session: '0' })).rejects.toMatchObject({
      code: 'BAD_OBJECT',
      hint: ['Fetch it: ', ['git', 'fetch', 'origin', expect.stringMatching(/^[0-9a-f]{40}$/)]],
    });
  });
});
