import { createHash } from 'node:crypto';
import { type CheckpointId, isCheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import {
  CONTENT_HASH_FILE,
  METADATA_FILE,
  PROMPT_FILE,
  PROMPT_SEPARATOR,
  TASKS_FOLDER,
  TRANSCRIPT_FILE,
} from '../checkpoint/files.ts';
import { contentHashOf } from '../checkpoint/transcript.ts';

/** One session of a sample checkpoint; what is not said is usual. */
export interface SampleSession {
  /** The folder's number. */
  readonly folder: number;
  readonly agent?: string;
  readonly prompts: readonly string[];
  /** `false`: metadata only, as a session leaves it that was cut off. */
  readonly transcript?: boolean;
  /** A subagent's task folder lies in the session's folder. */
  readonly task?: boolean;
  /** The content hash is that of an earlier text, as after a second redaction. */
  readonly staleHash?: boolean;
}

/** A sample checkpoint. */
export interface SampleCheckpoint {
  readonly id: CheckpointId;
  readonly sessions: readonly SampleSession[];
}

/** The ID of the nth sample checkpoint: looks random, is always the same. */
export function sampleId(number: number): CheckpointId {
  const id = createHash('sha256').update(`ckpt sample ${number}`).digest('hex').slice(0, 12);
  if (!isCheckpointId(id)) throw new TypeError(`not a checkpoint ID: ${id}`);
  return id;
}

/** All files of a checkpoint by their path from the tree's root. `createdAt` is an RFC 3339 time. */
export function sampleFiles(checkpoint: SampleCheckpoint, createdAt: string): Map<string, string> {
  const folder = shardPath(checkpoint.id);
  const files = new Map<string, string>();
  for (const session of checkpoint.sessions) {
    for (const [name, content] of sessionFiles(checkpoint.id, session, createdAt)) {
      files.set(`${folder}/${session.folder}/${name}`, content);
    }
  }
  const summary = {
    cli_version: '0.5.1',
    checkpoint_id: checkpoint.id,
    strategy: 'manual-commit',
    branch: 'main',
    checkpoints_count: checkpoint.sessions.length,
    files_touched: ['src/app.ts'],
    sessions: checkpoint.sessions.map((session) => sessionPaths(`/${folder}/${session.folder}`, session)),
  };
  files.set(`${folder}/${METADATA_FILE}`, json(summary));
  return files;
}

/** The text of a session's transcript; `final` adds the line that the end of the turn brings. */
export function transcriptText(id: CheckpointId, session: SampleSession, final: boolean): string {
  const lines = session.prompts.flatMap((prompt, turn) => [
    { type: 'user', turn, text: prompt },
    { type: 'assistant', turn, text: `Working on it (checkpoint ${id}, session ${session.folder}).` },
  ]);
  if (final) lines.push({ type: 'assistant', turn: session.prompts.length, text: 'Done: the tests pass.' });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function sessionFiles(id: CheckpointId, session: SampleSession, createdAt: string): Map<string, string> {
  const files = new Map<string, string>();
  const metadata = {
    cli_version: '0.5.1',
    checkpoint_id: id,
    session_id: `sample-${id}-${session.folder}`,
    strategy: 'manual-commit',
    created_at: createdAt,
    branch: 'main',
    checkpoints_count: 1,
    files_touched: ['src/app.ts'],
    agent: session.agent ?? 'Claude Code',
    model: 'sample-model',
    token_usage: { input_tokens: 1200, output_tokens: 340, api_call_count: 2 },
  };
  files.set(METADATA_FILE, json(metadata));
  files.set(PROMPT_FILE, session.prompts.join(PROMPT_SEPARATOR));
  if (session.transcript !== false) {
    const transcript = transcriptText(id, session, false);
    files.set(TRANSCRIPT_FILE, transcript);
    files.set(CONTENT_HASH_FILE, contentHashOf(session.staleHash ? `${transcript}secret` : transcript));
  }
  if (session.task) {
    const task = `${TASKS_FOLDER}/toolu_sample01`;
    files.set(`${task}/checkpoint.json`, json({ session_id: metadata.session_id, tool_use_id: 'toolu_sample01' }));
    files.set(`${task}/agent-a1b2c3.jsonl`, `${JSON.stringify({ type: 'assistant', text: 'Searched the code.' })}\n`);
  }
  return files;
}

function sessionPaths(folder: string, session: SampleSession): Record<string, string> {
  const transcript =
    session.transcript === false
      ? {}
      : { transcript: `${folder}/${TRANSCRIPT_FILE}`, content_hash: `${folder}/${CONTENT_HASH_FILE}` };
  return { metadata: `${folder}/${METADATA_FILE}`, ...transcript, prompt: `${folder}/${PROMPT_FILE}` };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
