import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nextSession } from '../../src/checkpoint/files.ts';
import { CHUNK_BYTES } from '../../src/checkpoint/transcript-chunks.ts';
import { V1 } from '../../src/layout/v1-layout.ts';
import { authorOf } from '../../src/stores/author.ts';
import { assertOwnFolder } from '../../src/stores/checkpoint-edit.ts';
import { SessionWriter } from '../../src/stores/session-writer.ts';
import { git, gitBytes, initRepository, refs } from '../fixtures/git.ts';
import { IS_THOROUGH } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { contentHash, transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import { listing, withRepository } from '../migrate/support.ts';
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
} from './store-bench.ts';
import { bytesOf } from './transcripts.ts';
import { V1Store } from './v1-store.ts';

const writer = v1Writer;
const REMOTE_REF = 'refs/remotes/origin/entire/checkpoints/v1';

describeStores('a session written to V1', ({ newRepo, use, engine }) => {
  it('makes the branch, the checkpoint and its session, byte for byte', async () => {
    const dir = newRepo();
    const transcript = transcriptText('one');
    const write = sessionWrite('sess-1', {
      transcript: source(transcript),
      prompts: ['do this', 'then that'],
      metadata: { token_usage: { input_tokens: 5, output_tokens: 7 }, newer_field: { kept: ['<b>', 1.5] } },
    });
    const result = await use(dir, (repo) => writer(repo).writeCommitted(write));

    expect(filesOf(dir, V1_REF)).toEqual(
      ['0/content_hash.txt', '0/full.jsonl', '0/metadata.json', '0/prompt.txt', 'metadata.json'].map(
        (name) => `100644 ${FOLDER}/${name}`,
      ),
    );
    expect(fileOf(dir, V1_REF, `${FOLDER}/0/full.jsonl`)).toBe(transcript);
    expect(fileOf(dir, V1_REF, `${FOLDER}/0/content_hash.txt`)).toBe(contentHash(transcript));
    expect(fileOf(dir, V1_REF, `${FOLDER}/0/prompt.txt`)).toBe('do this\n\n---\n\nthen that');
    const metadata = {
      cli_version: '0.6.3',
      checkpoint_id: ID,
      session_id: 'sess-1',
      strategy: 'manual-commit',
      created_at: '2026-01-01T10:00:00Z',
      branch: 'main',
      checkpoints_count: 1,
      files_touched: ['README.md'],
      agent: 'Claude Code',
      token_usage: { input_tokens: 5, output_tokens: 7 },
      newer_field: { kept: ['<b>', 1.5] },
    };
    expect(fileOf(dir, V1_REF, `${FOLDER}/0/metadata.json`)).toBe(`${JSON.stringify(metadata, null, 2)}\n`);
    const summary = {
      cli_version: '0.6.3',
      checkpoint_id: ID,
      strategy: 'manual-commit',
      branch: 'main',
      checkpoints_count: 1,
      files_touched: ['README.md'],
      sessions: [
        {
          metadata: `/${FOLDER}/0/metadata.json`,
          transcript: `/${FOLDER}/0/full.jsonl`,
          content_hash: `/${FOLDER}/0/content_hash.txt`,
          prompt: `/${FOLDER}/0/prompt.txt`,
        },
      ],
      token_usage: {
        input_tokens: 5,
        cache_creation_tokens: 0,
        cache_read_tokens: 0,
        output_tokens: 7,
        api_call_count: 0,
      },
    };
    expect(fileOf(dir, V1_REF, `${FOLDER}/metadata.json`)).toBe(`${JSON.stringify(summary, null, 2)}\n`);

    expect(git(dir, 'log', '--format=%an <%ae> %at %cn <%ce> %ct|%B', V1_REF, '--reverse').split('\n')).toEqual([
      'Ada Tëster <ada@example.com> 1700000000 Ada Tëster <ada@example.com> 1700000000|Initialize metadata branch',
      '',
      `Ada Tëster <ada@example.com> 1700000000 Ada Tëster <ada@example.com> 1700000000|Checkpoint: ${ID}`,
      '',
      'Entire-Session: sess-1',
      'Entire-Strategy: manual-commit',
      'Entire-Agent: Claude Code',
      '',
    ]);
    expect(git(dir, 'rev-parse', `${V1_REF}~^{tree}`)).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    expect(result).toMatchObject({ checkpointId: ID, session: '0', commit: git(dir, 'rev-parse', V1_REF) });
    expect(result.refs).toEqual([{ ref: V1_REF, old: null, new: result.commit }]);
    expect(git(dir, 'fsck', '--strict')).toBe('');
  });

  it('replaces the session that it finds by its ID, and appends others behind the greatest number', async () => {
    const dir = newRepo((v1) => {
      v1.checkpoint(ID, {
        sessions: [
          {
            number: 0,
            sessionId: 'first',
            transcript: 'old\n',
            files: { 'notes.bin': 'keep' },
            tasks: { toolu_1: 'usual' },
          },
          { number: 2, sessionId: 'twice' },
          { number: 3, sessionId: 'twice' },
          { number: 5, sessionId: 'unlisted', listing: 'unlisted' },
        ],
        files: { '7/metadata.json': 'not JSON', '9': 'a file' },
      });
    });
    const before = git(dir, 'rev-parse', V1_REF);
    const threeTree = git(dir, 'rev-parse', `${V1_REF}:${FOLDER}/3`);
    const sessions = await use(dir, async (repo) => {
      const found: string[] = [];
      for (const id of ['first', 'twice', 'unlisted', 'new', 'newer', 'new']) {
        found.push((await writer(repo).writeCommitted(sessionWrite(id, { transcript: source(`${id}\n`) }))).session);
      }
      return found;
    });
    expect(sessions).toEqual(['0', '2', '5', '10', '11', '10']);
    const tip = filesOf(dir, V1_REF);
    expect(tip.filter((line) => line.includes(`${FOLDER}/0/`))).toEqual([
      `100644 ${FOLDER}/0/content_hash.txt`,
      `100644 ${FOLDER}/0/full.jsonl`,
      `100644 ${FOLDER}/0/metadata.json`,
      `100644 ${FOLDER}/0/notes.bin`,
      `100644 ${FOLDER}/0/tasks/toolu_1/agent-toolu_1.jsonl`,
      `100644 ${FOLDER}/0/tasks/toolu_1/checkpoint.json`,
      `100644 ${FOLDER}/0/tasks/toolu_1/checkpoints/001-toolu_1.json`,
    ]);
    expect(git(dir, 'rev-parse', `${V1_REF}:${FOLDER}/3`)).toBe(threeTree);
    expect(fileOf(dir, V1_REF, `${FOLDER}/7/metadata.json`)).toBe('not JSON');
    expect(fileOf(dir, V1_REF, `${FOLDER}/9`)).toBe('a file');
    const { sessions: listed } = jsonOf(dir, V1_REF, `${FOLDER}/metadata.json`) as { sessions: { metadata: string }[] };
    expect(listed.map(({ metadata }) => metadata.split('/')[3])).toEqual(['0', '2', '3', '5', '10', '11']);
    expect(git(dir, 'rev-list', '--count', `${before}..${V1_REF}`)).toBe('6');
  });

  it('leaves nothing of the old files of the session that it replaces, nor of its paths in the summary', async () => {
    const dir = newRepo((v1) => {
      const session = { sessionId: 'x', transcript: 'a\nb\nc\n', chunkBytes: 2, context: 'notes', compact: '{}\n' };
      v1.checkpoint(ID, { sessions: [session] });
    });
    await use(dir, (repo) => writer(repo).writeCommitted(sessionWrite('x')));
    expect(filesOf(dir, V1_REF)).toEqual(
      ['0/metadata.json', '0/transcript.jsonl', 'metadata.json'].map((name) => `100644 ${FOLDER}/${name}`),
    );
    expect(jsonOf(dir, V1_REF, `${FOLDER}/metadata.json`).sessions).toEqual([
      {
        metadata: `/${FOLDER}/0/metadata.json`,
        prompt: '',
        compact_transcript: `/${FOLDER}/0/transcript.jsonl`,
      },
    ]);
  });

  it('keeps a transcript that is there where the new one could not be redacted', async () => {
    const dir = newRepo((v1) => v1.checkpoint(ID, { sessions: [{ sessionId: 'x', transcript: 'kept\n' }] }));
    await use(dir, (repo) => writer(repo).writeCommitted(sessionWrite('x', { keepsTranscript: true })));
    expect(fileOf(dir, V1_REF, `${FOLDER}/0/full.jsonl`)).toBe('kept\n');
    expect(JSON.stringify(jsonOf(dir, V1_REF, `${FOLDER}/metadata.json`))).toContain(`/${FOLDER}/0/full.jsonl`);
  });

  it('adds up the summary over all sessions, and keeps what else it says byte for byte', async () => {
    const unknown = '"combined_attribution": {"big": 12345678901234567890, "html": "\\u003c"},';
    const dir = newRepo((v1) => {
      v1.checkpoint(ID, {
        sessions: [
          {
            sessionId: 'a',
            fields: { checkpoints_count: 2, files_touched: ['z', 'b'], token_usage: { input_tokens: 1 } },
          },
          { sessionId: 'b', fields: { checkpoints_count: undefined, files_touched: ['b', 'a'] } },
        ],
        summaryText: `{${unknown} "checkpoints_count": 1, "sessions": []}`,
      });
    });
    const metadata = {
      checkpoints_count: 4,
      files_touched: ['c'],
      token_usage: { input_tokens: 2, api_call_count: 3 },
    };
    await use(dir, (repo) => writer(repo).writeCommitted(sessionWrite('new', { metadata })));
    const text = fileOf(dir, V1_REF, `${FOLDER}/metadata.json`);
    expect(text).toContain(unknown);
    expect(JSON.parse(text)).toMatchObject({
      checkpoints_count: 6,
      files_touched: ['a', 'b', 'c', 'z'],
      sessions: [{ metadata: `/${FOLDER}/2/metadata.json` }],
      token_usage: { input_tokens: 3, api_call_count: 3, output_tokens: 0 },
    });
  });

  it('makes a summary that lists all sessions where there is none', async () => {
    const dir = newRepo((v1) => {
      v1.checkpoint(ID, { sessions: [{ number: 1, sessionId: 'a' }], files: { 'metadata.json': null } });
    });
    await use(dir, (repo) => writer(repo).writeCommitted(sessionWrite('new', { prompts: ['x'] })));
    expect(jsonOf(dir, V1_REF, `${FOLDER}/metadata.json`).sessions).toEqual([
      {
        metadata: `/${FOLDER}/1/metadata.json`,
        transcript: `/${FOLDER}/1/full.jsonl`,
        content_hash: `/${FOLDER}/1/content_hash.txt`,
        prompt: `/${FOLDER}/1/prompt.txt`,
      },
      { metadata: `/${FOLDER}/2/metadata.json`, prompt: `/${FOLDER}/2/prompt.txt` },
    ]);
  });

  it('leaves a summary that can not be edited byte for byte as it is, and writes the session', async () => {
    const dir = newRepo((v1) => {
      v1.checkpoint(ID, { sessions: [{ number: 1, sessionId: 'a', prompts: null }], summaryText: 'not JSON' });
    });
    await use(dir, (repo) => writer(repo).writeCommitted(sessionWrite('new', { prompts: ['x'] })));
    expect(git(dir, 'cat-file', 'blob', `${V1_REF}:${FOLDER}/metadata.json`)).toBe('not JSON');
    expect(jsonOf(dir, V1_REF, `${FOLDER}/2/metadata.json`)).toMatchObject({ session_id: 'new' });
  });

  it.each([
    ['summary', { summaryAbsent: true, sessions: [{ sessionId: 'x' }] }],
    ['session metadata', { sessions: [{ sessionId: 'x', absent: ['metadata.json'] }] }],
  ])('writes nothing over a %s that is absent from the repository', async (_, spec) => {
    const dir = newRepo((v1) => v1.checkpoint(ID, spec));
    const before = refs(dir);
    await use(dir, async (repo) => {
      await expect(writer(repo).writeCommitted(sessionWrite('new'))).rejects.toThrow(/can't be changed.*absent/);
      const finalize = writer(repo).updateCommitted({ checkpointId: ID, sessionId: 'x', prompts: ['p'] });
      await expect(finalize).rejects.toThrow(/can't be changed.*absent/);
    });
    expect(refs(dir)).toEqual(before);
  });

  it('puts tasks into the session, while they go on and at their end', async () => {
    const dir = newRepo((v1) =>
      v1.checkpoint(ID, { sessions: [{ sessionId: 'x', transcript: 'kept\n', prompts: ['kept'] }] }),
    );
    const step = (sequence: number) =>
      sessionWrite('x', {
        task: {
          toolUseId: 'toolu_1',
          description: 'Fix it',
          incremental: { sequence, checkpoint: { step: sequence } },
        },
      });
    const final = sessionWrite('x', {
      task: { toolUseId: 'toolu_1', agentId: 'a1', final: { checkpoint: { done: true }, transcript: source('sub\n') } },
    });
    await use(dir, async (repo) => {
      for (const write of [step(1), step(12), step(1234), final]) await writer(repo).writeCommitted(write);
    });
    const tasks = `${FOLDER}/0/tasks/toolu_1`;
    expect(filesOf(dir, V1_REF).filter((line) => line.includes('/0/'))).toEqual(
      [
        `${FOLDER}/0/content_hash.txt`,
        `${FOLDER}/0/full.jsonl`,
        `${FOLDER}/0/metadata.json`,
        `${FOLDER}/0/prompt.txt`,
        `${tasks}/agent-a1.jsonl`,
        `${tasks}/checkpoint.json`,
        `${tasks}/checkpoints/001-toolu_1.json`,
        `${tasks}/checkpoints/012-toolu_1.json`,
        `${tasks}/checkpoints/1234-toolu_1.json`,
      ].map((path) => `100644 ${path}`),
    );
    expect(fileOf(dir, V1_REF, `${tasks}/checkpoints/012-toolu_1.json`)).toBe('{\n  "step": 12\n}\n');
    expect(fileOf(dir, V1_REF, `${tasks}/agent-a1.jsonl`)).toBe('sub\n');
    expect(fileOf(dir, V1_REF, `${FOLDER}/0/full.jsonl`)).toBe('kept\n');
    expect(git(dir, 'log', '-1', '--format=%B', `${V1_REF}~`)).toBe(
      `Checkpoint: ${ID}\n\nFix it\n\nEntire-Session: x\nEntire-Strategy: manual-commit\nEntire-Agent: Claude Code\nEntire-Metadata-Task: ${tasks}\n`,
    );
  });

  it('goes on from what was fetched where there is no local branch, and notes it in the reflog', async () => {
    const dir = newRepo((v1) => v1.checkpoint(ID, { sessions: [{ sessionId: 'x' }] }));
    const fetched = git(dir, 'rev-parse', V1_REF);
    git(dir, 'update-ref', REMOTE_REF, fetched);
    git(dir, 'update-ref', '-d', V1_REF);
    git(dir, 'config', 'core.logAllRefUpdates', 'true');
    const result = await use(dir, (repo) => writer(repo).writeCommitted(sessionWrite('y')));
    expect(result.session).toBe('1');
    expect(refs(dir)).toEqual({ [V1_REF]: result.commit, [REMOTE_REF]: fetched });
    expect(git(dir, 'rev-parse', `${V1_REF}^`)).toBe(fetched);
    expect(git(dir, 'reflog', '--format=%gs', V1_REF)).toBe(`Checkpoint: ${ID}`);
    await use(dir, (repo) => writer(repo).updateSummary({ checkpointId: ID, summary: 'x' }));
    expect(git(dir, 'reflog', '--format=%gs', V1_REF).split('\n')[0]).toBe(
      `Update summary for checkpoint ${ID} (session: y)`,
    );
    const log = join(dir, 'logs', V1_REF);
    if (existsSync(log)) expect(readFileSync(log, 'utf8')).toContain(`${'0'.repeat(40)} ${result.commit}`);
  });

  it('takes the local branch where there are both', async () => {
    const dir = newRepo((v1) => v1.checkpoint(ID, { sessions: [{ sessionId: 'x' }] }));
    const local = git(dir, 'rev-parse', V1_REF);
    git(dir, 'update-ref', REMOTE_REF, git(dir, 'commit-tree', '-m', 'x', `${V1_REF}^{tree}`));
    await use(dir, (repo) => writer(repo).writeCommitted(sessionWrite('y')));
    expect(git(dir, 'rev-parse', `${V1_REF}^`)).toBe(local);
  });

  it.each([
    ['a checkpoint ID', { checkpointId: 'nothing' }],
    ['a session ID', { sessionId: '../x' }],
    ['a tool-use ID', { task: { toolUseId: 'a/b' } }],
  ])('writes nothing at all where %s is wrong', async (_, wrong) => {
    const dir = newRepo();
    const before = listing(dir);
    await use(dir, async (repo) => {
      const write = { ...sessionWrite('x', { transcript: source('x\n') }), ...wrong };
      await expect(writer(repo).writeCommitted(write)).rejects.toMatchObject({ code: 'BAD_WRITE' });
    });
    expect(listing(dir)).toEqual(before);
  });

  it('writes again on top of what somebody else wrote meanwhile', async () => {
    const dir = newRepo();
    const results = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((id) =>
        withRepository(dir, engine, (repo) =>
          writer(repo).writeCommitted(sessionWrite(id, { transcript: source(id) })),
        ),
      ),
    );
    expect(results.map(({ session }) => session).sort()).toEqual(['0', '1', '2', '3', '4']);
    expect(jsonOf(dir, V1_REF, `${FOLDER}/metadata.json`)).toMatchObject({ checkpoints_count: 5 });
    expect(git(dir, 'rev-list', '--count', V1_REF)).toBe('6');
  });

  it('costs the same however many checkpoints there are', async () => {
    const costs: unknown[] = [];
    for (const count of [10, 1000]) {
      const dir = newRepo((v1) => {
        const ids = manyIds(count);
        ids[0] = 'a3ffffffffff';
        v1.commit({
          files: Object.fromEntries(ids.map((id) => [`${id.slice(0, 2)}/${id.slice(2)}/metadata.json`, '{}\n'])),
        });
      });
      await use(dir, async (opened) => {
        const { repo, counts } = counting(opened);
        await writer(repo).writeCommitted(sessionWrite('x', { transcript: source('x\n'), prompts: ['x'] }));
        const first = { ...counts };
        await writer(repo).updateCommitted({ checkpointId: ID, sessionId: 'x', transcript: source('y\n') });
        await writer(repo).updateSummary({ checkpointId: ID, summary: {} });
        costs.push([first, counts]);
      });
    }
    expect(costs[1]).toEqual(costs[0]);
  });
});

describeStores('a session finalized in V1', ({ newRepo, use }) => {
  it('replaces transcript and prompts of one session, whatever they were, and nothing else', async () => {
    const dir = newRepo((v1) => {
      const session = {
        transcript: 'a\nb\nc\n',
        chunkBytes: 2,
        tasks: { toolu_1: 'usual' as const },
        context: 'notes',
      };
      v1.checkpoint(ID, {
        sessions: [{ sessionId: 'other' }, { sessionId: 'x', ...session }],
        fields: { checkpoints_count: 9 },
      });
    });
    const other = git(dir, 'rev-parse', `${V1_REF}:${FOLDER}/0`);
    const [metadata, summary] = ['1/metadata.json', 'metadata.json'].map((name) =>
      fileOf(dir, V1_REF, `${FOLDER}/${name}`),
    );
    const transcript = transcriptText('whole', 9);
    await use(dir, (repo) =>
      writer(repo).updateCommitted({
        checkpointId: ID,
        sessionId: 'x',
        transcript: source(transcript),
        prompts: ['all'],
      }),
    );
    expect(filesOf(dir, V1_REF).filter((line) => line.includes(`${FOLDER}/1/`) && !line.includes('/tasks/'))).toEqual(
      ['content_hash.txt', 'context.md', 'full.jsonl', 'metadata.json', 'prompt.txt'].map(
        (name) => `100644 ${FOLDER}/1/${name}`,
      ),
    );
    expect(fileOf(dir, V1_REF, `${FOLDER}/1/full.jsonl`)).toBe(transcript);
    expect(fileOf(dir, V1_REF, `${FOLDER}/1/content_hash.txt`)).toBe(contentHash(transcript));
    expect(fileOf(dir, V1_REF, `${FOLDER}/1/prompt.txt`)).toBe('all');
    expect(fileOf(dir, V1_REF, `${FOLDER}/1/metadata.json`)).toBe(metadata);
    expect(fileOf(dir, V1_REF, `${FOLDER}/metadata.json`)).toBe(summary);
    expect(git(dir, 'rev-parse', `${V1_REF}:${FOLDER}/0`)).toBe(other);
    expect(filesOf(dir, V1_REF).filter((line) => line.includes('/tasks/'))).toHaveLength(3);
    expect(git(dir, 'log', '-1', '--format=%B', V1_REF)).toBe(`Finalize transcript for Checkpoint: ${ID}\n`);
  });

  it('lists a transcript that was not there before, and keeps one where no new one comes', async () => {
    const dir = newRepo((v1) =>
      v1.checkpoint(ID, { sessions: [{ sessionId: 'x', transcript: null, prompts: null, listing: 'emptyPrompt' }] }),
    );
    const finalize = { checkpointId: ID, sessionId: 'x' };
    await use(dir, (repo) => writer(repo).updateCommitted({ ...finalize, transcript: source('t\n') }));
    await use(dir, (repo) => writer(repo).updateCommitted({ ...finalize, prompts: ['p'] }));
    expect(fileOf(dir, V1_REF, `${FOLDER}/0/full.jsonl`)).toBe('t\n');
    expect(jsonOf(dir, V1_REF, `${FOLDER}/metadata.json`).sessions).toEqual([
      {
        metadata: `/${FOLDER}/0/metadata.json`,
        prompt: `/${FOLDER}/0/prompt.txt`,
        transcript: `/${FOLDER}/0/full.jsonl`,
        content_hash: `/${FOLDER}/0/content_hash.txt`,
      },
    ]);
  });

  it('replaces a transcript that has an older name', async () => {
    const dir = newRepo((v1) =>
      v1.checkpoint(ID, { sessions: [{ sessionId: 'x', transcript: null, files: { 'full.log': 'old\n' } }] }),
    );
    await use(dir, (repo) =>
      writer(repo).updateCommitted({ checkpointId: ID, sessionId: 'x', transcript: source('t\n') }),
    );
    expect(filesOf(dir, V1_REF).filter((line) => /full|hash/.test(line))).toEqual([
      `100644 ${FOLDER}/0/content_hash.txt`,
      `100644 ${FOLDER}/0/full.jsonl`,
    ]);
  });

  it.each([
    ['the branch', undefined, ID, 'x'],
    ['the checkpoint', ID, 'b1c2d3e4f506', 'x'],
    ['the session', ID, ID, 'nobody'],
  ])('fails where %s is not there', async (_, made, checkpointId, sessionId) => {
    const dir = newRepo(
      made === undefined ? undefined : (v1) => v1.checkpoint(made, { sessions: [{ sessionId: 'x' }] }),
    );
    const before = refs(dir);
    await use(dir, async (repo) => {
      const finalize = writer(repo).updateCommitted({ checkpointId, sessionId, prompts: ['x'] });
      await expect(finalize).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
      const summary = writer(repo).updateSummary({ checkpointId, sessionId, summary: 'x' });
      await expect(summary).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    });
    expect(refs(dir)).toEqual(before);
  });
});

describeStores('a summary written to V1', ({ newRepo, use }) => {
  it('edits the metadata of the session in place', async () => {
    const text = '{ "session_id":"x", "big": 12345678901234567890,\n "html":"\\u003c" }';
    const dir = newRepo((v1) => v1.checkpoint(ID, { sessions: [{ sessionId: 'a' }, { metadataText: text }] }));
    await use(dir, (repo) =>
      writer(repo).updateSummary({ checkpointId: ID, sessionId: 'x', summary: { intent: 'ü' } }),
    );
    const after = fileOf(dir, V1_REF, `${FOLDER}/1/metadata.json`);
    expect(after.startsWith(text.slice(0, -2))).toBe(true);
    expect(JSON.parse(after).summary).toEqual({ intent: 'ü' });
    expect(git(dir, 'diff', '--name-only', `${V1_REF}~`, V1_REF)).toBe(`${FOLDER}/1/metadata.json`);
    expect(git(dir, 'log', '-1', '--format=%B', V1_REF)).toBe(`Update summary for checkpoint ${ID} (session: x)\n`);
  });

  it('takes the newest session whose metadata can be read where none is named', async () => {
    const dir = newRepo((v1) => {
      v1.checkpoint(ID, { sessions: [{ sessionId: 'a' }, { sessionId: 'b' }, { metadataText: 'broken' }] });
    });
    const { session } = await use(dir, (repo) => writer(repo).updateSummary({ checkpointId: ID, summary: 's' }));
    expect(session).toBe('1');
    expect(jsonOf(dir, V1_REF, `${FOLDER}/1/metadata.json`).summary).toBe('s');
  });
});

describe.runIf(IS_THOROUGH)('a transcript of more than 50 MiB', () => {
  it('lies in pieces, and is read back whole', async () => {
    const dir = initRepository({ dir: tempDir(), bare: true });
    const line = Buffer.from(`${JSON.stringify({ type: 'user', text: 'x'.repeat(4000) })}\n`);
    const count = Math.ceil((CHUNK_BYTES * 1.1) / line.length);
    const large = async function* () {
      for (let i = 0; i < count; i++) yield line;
    };
    const hash = createHash('sha256');
    for (let i = 0; i < count; i++) hash.update(line);
    const expected = hash.digest('hex');
    await withRepository(dir, 'native', async (repo) => {
      await writer(repo).writeCommitted(sessionWrite('x', { transcript: large }));
      const transcript = await new V1Store(repo).readTranscript(ID as never, '0');
      expect(transcript?.paths).toEqual([`${FOLDER}/0/full.jsonl`, `${FOLDER}/0/full.jsonl.001`]);
      expect(transcript?.contentHash).toBe(`sha256:${expected}`);
      const read = createHash('sha256').update(await bytesOf(transcript));
      expect(read.digest('hex')).toBe(expected);
    });
    const sizes = ['full.jsonl', 'full.jsonl.001'].map((name) =>
      Number(git(dir, 'cat-file', '-s', `${V1_REF}:${FOLDER}/0/${name}`)),
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(CHUNK_BYTES);
    expect(sizes[0]).toBeGreaterThan(CHUNK_BYTES - line.length);
    expect((sizes[0] ?? 0) + (sizes[1] ?? 0) + 1).toBe(count * line.length);
  });
});

describe('assertOwnFolder', () => {
  it('refuses a folder that holds another session, or one that cannot be told', () => {
    const sessions = [
      { name: '0', content: undefined, metadata: { session_id: 'a' } },
      { name: '1', content: undefined, metadata: undefined },
    ];
    const check = (name: string, id: string) => () => assertOwnFolder(sessions, name, id, ID as never);
    expect(check('0', 'a')).not.toThrow();
    expect(check('2', 'b')).not.toThrow();
    expect(check('0', 'b')).toThrow(/a3\/b2c4d5e6f7\/0 holds a, not session b/);
    expect(check('1', 'b')).toThrow(expect.objectContaining({ code: 'SESSION_FOLDER_TAKEN' }));
  });
});

describe('nextSession', () => {
  it.each([
    [[], '0'],
    [['metadata.json', 'tasks'], '0'],
    [['0', '2', '3'], '4'],
    [['10', '9', '009'], '11'],
    [['99999999999999999999999'], '100000000000000000000000'],
  ])('of %j is %s', (names, expected) => {
    expect(nextSession(names)).toBe(expected);
  });
});

describeStores('authorOf', ({ newRepo, use }) => {
  const date = new Date(0);
  const plain = { GIT_AUTHOR_NAME: '', GIT_AUTHOR_EMAIL: '' };

  it('takes the environment, then the configuration, then nobody', async () => {
    const dir = newRepo();
    const env = { GIT_AUTHOR_NAME: ' A <U>\n Thor', GIT_AUTHOR_EMAIL: 'a@x' };
    expect(await use(dir, (repo) => authorOf(repo, env, date))).toEqual({ name: 'A U Thor', email: 'a@x', date });
    expect(await use(dir, (repo) => authorOf(repo, plain, date))).toEqual({
      name: 'Unknown',
      email: 'unknown@localhost',
      date,
    });
    git(dir, 'config', 'user.name', 'Ünal');
    git(dir, 'config', 'user.email', 'u@x');
    expect(await use(dir, (repo) => authorOf(repo, {}, date))).toEqual({ name: 'Ünal', email: 'u@x', date });
  });

  it('gives an identity that git can read', async () => {
    const dir = newRepo();
    const generations = { mode: 'accumulate', maxCheckpoints: 100 } as const;
    const author = { name: 'Ünal', email: 'u@x', date: new Date(1_700_000_000_999) };
    await use(dir, (repo) =>
      new SessionWriter(repo, author, { layout: V1, generations }).writeCommitted(sessionWrite('x')),
    );
    expect(git(dir, 'log', '-1', '--format=%an <%ae> %at', V1_REF)).toBe('Ünal <u@x> 1700000000');
    expect(gitBytes(dir, ['fsck', '--strict']).toString()).toBe('');
  });
});
