import { describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { CheckpointReport, SessionReport } from '../../src/inspect/checkpoint-report.ts';
import { checkpointText, wholeCheckpointText } from '../../src/ui/checkpoint-text.ts';
import { runOf } from './run.ts';

const TOKENS = {
  inputTokens: 104_899,
  cacheCreationTokens: 0,
  cacheReadTokens: 1_182_428,
  outputTokens: 6182,
  apiCallCount: null,
};

const SESSION: SessionReport = {
  session: '0',
  sessionId: '019dc116-c183-74f3-8f98-b4e5bd8eddfa',
  createdAt: '2026-04-24T22:50:02.885968Z',
  agent: 'Codex',
  model: 'gpt-5.5',
  branch: 'main',
  strategy: 'manual-commit',
  cliVersion: '0.5.6',
  stepCount: 1,
  filesTouched: ['a.go'],
  tokenUsage: null,
  transcript: {
    ref: 'refs/entire/checkpoints/v2/full/0000000000001',
    files: [
      { path: 'b5/a37dc3d0fe/0/full.jsonl', bytes: 52_000_000 },
      { path: 'b5/a37dc3d0fe/0/full.jsonl.001', bytes: 1_200_000 },
    ],
    bytes: 53_200_000,
    contentHash: `sha256:${'04bb8cb3'.repeat(8)}`,
  },
  prompts: { path: 'b5/a37dc3d0fe/0/prompt.txt', bytes: 21 },
  metadata: { path: 'b5/a37dc3d0fe/0/metadata.json', bytes: 900 },
  taskCount: 2,
};

const NOTHING: SessionReport = {
  ...SESSION,
  session: '3',
  sessionId: null,
  createdAt: null,
  agent: null,
  model: null,
  stepCount: null,
  filesTouched: [],
  transcript: null,
  prompts: null,
  metadata: null,
  taskCount: 0,
};

const REPORT: CheckpointReport = {
  checkpoint: 'b5a37dc3d0fe' as CheckpointId,
  layout: 'v2',
  layouts: ['v1', 'v2'],
  commits: [],
  deletion: null,
  ref: 'refs/entire/checkpoints/v2/main',
  commit: '59a3aa1697'.repeat(4) as ObjectId,
  summary: {
    branch: 'compact-transcript-pi',
    strategy: 'manual-commit',
    cliVersion: '0.5.6',
    stepCount: 2,
    filesTouched: Array.from({ length: 12 }, (_, i) => `agents/entire-agent-pi/internal/pi/file-${i}.go`),
    tokenUsage: TOKENS,
  },
  sessionCount: 2,
  sessions: [SESSION, NOTHING],
  oddities: [
    { code: 'V1_SESSION_GAP', path: 'b5/a37dc3d0fe', detail: '0, 3' },
    ...[1, 2, 3, 4, 5].map((i) => ({ code: 'V1_NO_TRANSCRIPT' as const, path: `b5/a37dc3d0fe/${i}`, detail: null })),
  ],
};

const meaningOf = (code: string) => `the meaning of ${code}`;

describe('checkpointText', () => {
  it('shows the checkpoint, its sessions, what is unusual and what comes next, at 80 columns', () => {
    expect(checkpointText(REPORT, meaningOf, 80, runOf())).toMatchInlineSnapshot(`
      "Checkpoint b5a37dc3d0fe: 2 sessions
        read from   refs/entire/checkpoints/v2/main (59a3aa1697); also in V1
        branch      compact-transcript-pi
        agents      Codex
        models      gpt-5.5
        created     2026-04-24T22:50:02.885968Z
        strategy    manual-commit
        written by  Entire CLI 0.5.6
        steps       2
        tokens      104,899 in, 6,182 out, 1,182,428 read from cache
        12 files touched:
          agents/entire-agent-pi/internal/pi/file-0.go
          agents/entire-agent-pi/internal/pi/file-1.go
          agents/entire-agent-pi/internal/pi/file-2.go
          agents/entire-agent-pi/internal/pi/file-3.go
          agents/entire-agent-pi/internal/pi/file-4.go
          agents/entire-agent-pi/internal/pi/file-5.go
          agents/entire-agent-pi/internal/pi/file-6.go
          agents/entire-agent-pi/internal/pi/file-7.go
          agents/entire-agent-pi/internal/pi/file-8.go
          agents/entire-agent-pi/internal/pi/file-9.go
          and 2 more; --json lists all

      Session 0: Codex, gpt-5.5
        session ID     019dc116-c183-74f3-8f98-b4e5bd8eddfa
        created        2026-04-24T22:50:02.885968Z
        transcript     53 MB in 2 files, on full/0000000000001
        content hash   sha256:04bb8cb304bb8cb304bb8cb304bb8cb304bb8cb304bb8cb304bb8cb304bb8cb3
        prompts        21 B
        tasks          2
        steps          1
        files touched  1

      Session 3
        created     not known
        transcript  none
        prompts     none

      Unusual, which changes nothing:
        V1_SESSION_GAP (1): the meaning of V1_SESSION_GAP
          b5/a37dc3d0fe: 0, 3
        V1_NO_TRANSCRIPT (5): the meaning of V1_NO_TRANSCRIPT
          b5/a37dc3d0fe/1
          b5/a37dc3d0fe/2
          b5/a37dc3d0fe/3
          and 2 more; --json lists all

      To read a transcript: ckpt show b5a37dc3d0fe --transcript --rendered --session 0 --layout v2
      "
    `);
  });

  it('says how many sessions it does not show, but for one that was asked for', () => {
    const many = { ...REPORT, sessionCount: 20_000 };
    const rest = /\n\nand 19,998 more sessions: `--session N` shows the one in folder N\n/;
    expect(checkpointText(many, meaningOf, 80, runOf())).toMatch(rest);
    expect(wholeCheckpointText(many, meaningOf)).toMatch(rest);
    expect(checkpointText({ ...many, sessions: [SESSION] }, meaningOf, 80, runOf())).not.toMatch(/more session/);
  });

  it('cuts at 40 columns, paths at their beginning', () => {
    expect(checkpointText({ ...REPORT, oddities: [] }, meaningOf, 40, runOf())).toMatchInlineSnapshot(`
      "Checkpoint b5a37dc3d0fe: 2 sessions
        read from   refs/entire/checkpoints/v2/main (59a3aa1697); also in V1
        branch      compact-transcript-pi
        agents      Codex
        models      gpt-5.5
        created     2026-04-24T22:50:02.885968Z
        strategy    manual-commit
        written by  Entire CLI 0.5.6
        steps       2
        tokens      104,899 in, 6,182 out, 1,182,428 read from cache
        12 files touched:
          …tire-agent-pi/internal/pi/file-0.go
          …tire-agent-pi/internal/pi/file-1.go
          …tire-agent-pi/internal/pi/file-2.go
          …tire-agent-pi/internal/pi/file-3.go
          …tire-agent-pi/internal/pi/file-4.go
          …tire-agent-pi/internal/pi/file-5.go
          …tire-agent-pi/internal/pi/file-6.go
          …tire-agent-pi/internal/pi/file-7.go
          …tire-agent-pi/internal/pi/file-8.go
          …tire-agent-pi/internal/pi/file-9.go
          and 2 more; --json lists all

      Session 0: Codex, gpt-5.5
        session ID     019dc116-c183-74f3-8f98-b4e5bd8eddfa
        created        2026-04-24T22:50:02.885968Z
        transcript     53 MB in 2 files, on full/0000000000001
        content hash   sha256:04bb8cb304bb8cb304bb8cb304bb8cb304bb8cb304bb8cb304bb8cb304bb8cb3
        prompts        21 B
        tasks          2
        steps          1
        files touched  1

      Session 3
        created     not known
        transcript  none
        prompts     none

      To read a transcript: ckpt show b5a37dc3d0fe --transcript --rendered --session 0 --layout v2
      "
    `);
  });

  it('says what is absent: a summary, a content, a session', () => {
    const transcript = SESSION.transcript && { ...SESSION.transcript, bytes: null };
    const absent = { ...REPORT, summary: null, oddities: [], sessions: [{ ...SESSION, transcript }] };
    const text = checkpointText(absent, meaningOf, 80, runOf());
    expect(text).toContain('  summary    absent, or not readable\n');
    expect(text).toContain('  transcript     content absent from this repository in 2 files, on full/0000000000001\n');
    expect(text).not.toContain('To read a transcript');
    expect(checkpointText({ ...absent, sessions: [], sessionCount: 0 }, meaningOf, 80, runOf())).toMatch(
      /^Checkpoint b5a37dc3d0fe: 0 sessions\n/,
    );
  });

  it('lists all files and places for a screen that can be scrolled', () => {
    const all = wholeCheckpointText(REPORT, meaningOf);
    for (const file of REPORT.summary?.filesTouched ?? []) expect(all).toContain(`    ${file}\n`);
    expect(all).not.toContain('--json lists all');
    expect(all).not.toContain('To read a transcript');
  });

  it('names the repository in commands, as the user did', () => {
    const deletion = { commit: null, subject: null, author: null, authoredAt: null, isWhole: true, backup: null };
    const text = checkpointText({ ...REPORT, deletion }, meaningOf, 80, runOf('show', REPORT.checkpoint, '-C', '../p'));
    expect(text).toContain(`To bring it back: ckpt restore ${REPORT.checkpoint} -C ../p\n`);
    expect(text).toContain(' --transcript --rendered --session 0 --layout v2 -C ../p\n');
  });

  it('lets no control character of the repository through', () => {
    const evil = 'x\u001b[2J\r\n\u202e';
    const sessions = [{ ...SESSION, agent: evil, model: evil, sessionId: evil, createdAt: evil }];
    const summary = REPORT.summary && { ...REPORT.summary, branch: evil, cliVersion: evil, filesTouched: [evil] };
    const text = checkpointText({ ...REPORT, summary, sessions }, meaningOf, Number.POSITIVE_INFINITY, runOf());
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(text).toContain('x\\x1b[2J\\r\\n\\u202e');
  });
});
