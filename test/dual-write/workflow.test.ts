import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refs } from '../fixtures/git.ts';
import { reference, V1_BRANCH, V2_CURRENT, V2_MAIN } from '../fixtures/reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { contentHash, shardPath, transcriptText } from '../fixtures/v1-builder.ts';
import { v2Refs } from '../migrate/support.ts';
import {
  checkpointId,
  DUAL,
  documentOf,
  ENGINES,
  expectSilentMirror,
  expectVerified,
  failureLog,
  fileOf,
  filesOf,
  type Json,
  lastRun,
  newRepository,
  run,
  write,
} from './dual-write.ts';

const ID = checkpointId(1);
const FOLDER = `${shardPath(ID)}/0`;

/** The updates as `--json` tells them, by ref. */
function movesOf(result: Json): Record<string, { old: string | null; new: string | null }> {
  return Object.fromEntries(result.refs.map(({ ref, ...ids }: Json) => [ref, ids]));
}

describe.each(ENGINES)('ckpt dual-write (%s)', (engine) => {
  const env = { CKPT_ENGINE: engine };

  it('writes sessions, tasks and the complete transcripts to both layouts', async () => {
    const dir = newRepository(DUAL);
    const folder = tempDir();
    mkdirSync(join(folder, 'sub'));
    const verified = async () => {
      expect(run(dir, ['verify', '--quiet'], { env })).toEqual({ code: 0, stdout: '', stderr: '' });
      await expectVerified(dir);
    };

    // A file, its transcript beside it
    writeFileSync(join(folder, 'sub/session.jsonl'), transcriptText('begin', 2));
    const file = join(folder, 'sub/checkpoint.json');
    writeFileSync(file, JSON.stringify(documentOf(1, { transcript: { path: 'session.jsonl' } })));
    const first = run(dir, ['dual-write', '--from', file], { env });
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
    expect(first.stdout).toContain(`Wrote session 0 of checkpoint ${ID}.\n`);
    const before = refs(dir);
    for (const ref of [V1_BRANCH, V2_MAIN, V2_CURRENT]) {
      expect(first.stdout).toMatch(new RegExp(`\\n  ${ref} +${before[ref]}  new\\n`));
    }
    expect(first.stdout).toContain('V2 holds it as well.');
    expect(fileOf(dir, V1_BRANCH, `${FOLDER}/full.jsonl`)).toBe(transcriptText('begin', 2).trimEnd());
    expect(fileOf(dir, V2_CURRENT, `${FOLDER}/full.jsonl`)).toBe(transcriptText('begin', 2).trimEnd());
    expect(fileOf(dir, V2_MAIN, `${FOLDER}/prompt.txt`)).toBe('Do task 1');
    expect(v2Refs(dir)).toEqual(reference(dir).refs);
    await verified();

    // Stdin, a second session, another checkpoint
    const second = write(dir, documentOf(1, { session_id: 'another' }), [], { env });
    expect(second).toMatchObject({
      mode: 'dual',
      checkpoint: ID,
      session: '1',
      redactionCount: 0,
      v2: 'ok',
      warnings: [],
    });
    expect(movesOf(second)).toEqual(
      Object.fromEntries(
        [V1_BRANCH, V2_MAIN, V2_CURRENT].map((ref) => [ref, { old: before[ref], new: refs(dir)[ref] }]),
      ),
    );
    write(dir, documentOf(2), [], { env });
    await verified();

    // A task on its way, and at its end
    const task = {
      tool_use_id: 'toolu_1',
      description: 'Look for it',
      incremental: { sequence: 1, checkpoint: { a: 1 } },
    };
    write(dir, documentOf(1, { transcript: undefined, task }), [], { env });
    const final = { checkpoint: { done: true }, transcript: { text: transcriptText('agent', 2) } };
    write(dir, documentOf(1, { transcript: undefined, task: { tool_use_id: 'toolu_1', agent_id: 'a1', final } }), [], {
      env,
    });
    for (const ref of [V1_BRANCH, V2_CURRENT]) {
      expect(filesOf(dir, ref, `${FOLDER}/tasks`)).toEqual([
        'toolu_1/agent-a1.jsonl',
        'toolu_1/checkpoint.json',
        'toolu_1/checkpoints/001-toolu_1.json',
      ]);
    }
    expect(fileOf(dir, V1_BRANCH, `${FOLDER}/full.jsonl`)).toBe(transcriptText('begin', 2).trimEnd());
    await verified();

    // The end of the turn: the complete transcript and prompts
    const transcript = transcriptText('complete', 40);
    const complete = {
      checkpoint_id: ID,
      session_id: 'session-1',
      prompts: ['Do task 1', 'And go on'],
      transcript: { text: transcript },
    };
    const end = write(dir, complete, ['--finalize'], { env });
    expect(end).toMatchObject({ checkpoint: ID, session: '0' });
    expect(Object.keys(movesOf(end)).sort()).toEqual([V1_BRANCH, V2_MAIN, V2_CURRENT].sort());
    for (const ref of [V1_BRANCH, V2_CURRENT]) {
      expect(fileOf(dir, ref, `${FOLDER}/full.jsonl`)).toBe(transcript.trimEnd());
      expect(fileOf(dir, ref, `${FOLDER}/content_hash.txt`)).toBe(contentHash(transcript));
    }
    expect(fileOf(dir, V2_MAIN, `${FOLDER}/prompt.txt`)).toBe('Do task 1\n\n---\n\nAnd go on');
    expect(filesOf(dir, V1_BRANCH, `${FOLDER}/tasks`)).toHaveLength(3);
    await verified();

    // Nothing is left for the mirror
    const done = refs(dir);
    expectSilentMirror(dir, [], { env });
    expect(refs(dir)).toEqual(done);
    expect(lastRun(dir).outcome).toBe('ok');
    expect(failureLog(dir)).toEqual([]);
  });

  it('finalizes a transcript that lies in an archive, and rotates by --max-checkpoints', async () => {
    const dir = newRepository(DUAL);
    const options = ['--max-checkpoints', '2'];
    for (const n of [1, 2, 3, 4, 5]) write(dir, documentOf(n), options, { env });
    const result = write(
      dir,
      documentOf(1, { transcript: { text: transcriptText('complete', 9) } }),
      [...options, '--finalize'],
      { env },
    );
    expect(result.refs.map(({ ref }: Json) => ref)).toContain(V2_CURRENT.replace('current', '0000000000001'));
    const { archives, main } = reference(dir, { maxCheckpoints: 2 });
    expect(refs(dir)).toMatchObject({
      ...Object.fromEntries(archives.map(({ ref, id }) => [ref, id])),
      [V2_MAIN]: main,
    });
    await expectVerified(dir, { maxCheckpoints: 2 });
  });

  it('mirrors what another tool wrote to V1, and says nothing', async () => {
    const dir = newRepository();
    for (const n of [1, 2, 3]) write(dir, documentOf(n), [], { env });
    expect(v2Refs(dir)).toEqual({});
    mkdirSync(join(dir, '.entire'), { recursive: true });
    writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify({ strategy_options: DUAL }));
    expectSilentMirror(dir, [], { env });
    expect(v2Refs(dir)).toEqual(reference(dir).refs);
    const result = run(dir, ['dual-write', '--json'], { env });
    expect(JSON.parse(result.stdout)).toMatchObject({
      mode: 'dual',
      checkpoint: null,
      session: null,
      refs: [],
      v2: 'ok',
    });
    await expectVerified(dir);
  });

  it('says what is wrong before it writes anything', () => {
    const dir = newRepository(DUAL);
    const before = refs(dir);
    const failing = (document: unknown, ...args: string[]) => {
      const input = typeof document === 'string' ? document : JSON.stringify(document);
      const { code, stdout } = run(dir, ['dual-write', '--from', '-', '--json', ...args], { input, env });
      return { code, error: JSON.parse(stdout).error.code };
    };
    expect(failing('{')).toEqual({ code: 2, error: 'BAD_DOCUMENT' });
    expect(failing(documentOf(1, { surprise: 1 }))).toEqual({ code: 2, error: 'BAD_DOCUMENT' });
    expect(failing(documentOf(1, { session_id: 'a/b' }))).toEqual({ code: 2, error: 'BAD_WRITE' });
    expect(failing(documentOf(1, { transcript: { path: 'nowhere' } }))).toEqual({
      code: 1,
      error: 'TRANSCRIPT_UNREADABLE',
    });
    expect(failing(documentOf(1), '--finalize')).toEqual({ code: 1, error: 'SESSION_NOT_FOUND' });
    const nowhere = run(dir, ['dual-write', '--from', 'nowhere.json', '--json'], { env });
    expect({ code: nowhere.code, error: JSON.parse(nowhere.stdout).error.code }).toEqual({
      code: 1,
      error: 'DOCUMENT_UNREADABLE',
    });
    expect(run(dir, ['dual-write', '--finalize'], { env }).code).toBe(2);
    expect(refs(dir)).toEqual(before);
  });

  it('keeps fields that it does not know, in the order of the document', () => {
    const dir = newRepository(DUAL);
    const metadata = {
      zebra: 1,
      model: 'm',
      alpha: { b: [1, null], a: 'x' },
      created_at: '2026-01-02T03:04:05.678901234+01:00',
      agent: 'A',
    };
    write(dir, documentOf(1, { metadata: { strategy: 'auto-commit', ...metadata } }), [], { env });
    expect(Object.keys(JSON.parse(fileOf(dir, V2_MAIN, `${FOLDER}/metadata.json`)))).toEqual([
      'checkpoint_id',
      'session_id',
      'strategy',
      'created_at',
      'zebra',
      'model',
      'alpha',
      'agent',
    ]);
    expect(fileOf(dir, V1_BRANCH, `${FOLDER}/metadata.json`)).toContain(
      `"alpha": {\n    "b": [\n      1,\n      null\n    ],\n    "a": "x"\n  }`,
    );
    expect(fileOf(dir, V1_BRANCH, `${FOLDER}/metadata.json`)).toContain('2026-01-02T03:04:05.678901234+01:00');
  });
});
