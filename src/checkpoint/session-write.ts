import type { JsonObject } from '../json/read.ts';
import { JsonSource } from '../json/source.ts';
import { CHECKPOINT_ID_FORM, type CheckpointId, isCheckpointId, shardPath } from './checkpoint-id.ts';
import { CkptError } from './errors.ts';
import { TASKS_FOLDER } from './files.ts';
import { parseSessionMetadata } from './metadata.ts';

/**
 * A transcript to be stored: it can be read more than once, in pieces of any size. The memory of a piece of a megabyte or more must stay as it
 * is: such a piece is not copied.
 */
export type TranscriptSource = () => AsyncIterable<Uint8Array>;

/** What a subagent's task leaves behind in a session's folder. */
export interface TaskWrite {
  readonly toolUseId: string;
  readonly agentId?: string;
  /** Stands as a paragraph of its own in the commit message. */
  readonly description?: string;
  /** The task is at an end: what `checkpoint.json` says of it, and the subagent's transcript. */
  readonly final?: { readonly checkpoint: unknown; readonly transcript?: TranscriptSource };
  /** The task is still going on: a numbered checkpoint of it. */
  readonly incremental?: { readonly sequence: number; readonly checkpoint: unknown };
}

/** One write of a session to a checkpoint. The same for both layouts; everything in it is redacted already. */
export interface SessionWrite {
  readonly checkpointId: string;
  readonly sessionId: string;
  /**
   * The session metadata without `checkpoint_id` and `session_id`; unknown fields are kept, in their order. An object's text keeps
   * what a value would lose: digits that no float holds, and the place of names that look like numbers.
   */
  readonly metadata: JsonObject | JsonSource;
  readonly prompts?: readonly string[];
  readonly context?: string;
  readonly transcript?: TranscriptSource;
  /** There was a transcript, but it can't be stored (it could not be redacted): one that is there already stays. */
  readonly keepsTranscript?: boolean;
  readonly task?: TaskWrite;
  /** The shadow branch that the session was recorded on; goes to the commit message. */
  readonly ephemeralBranch?: string;
}

/** The end of an agent's turn: a checkpoint's transcript and prompts are replaced by the complete ones. */
export interface SessionFinalize {
  readonly checkpointId: string;
  readonly sessionId: string;
  readonly prompts?: readonly string[];
  readonly transcript?: TranscriptSource;
}

/** A generated summary of a session, put into its metadata. Without a session ID it is the newest session's. */
export interface SummaryWrite {
  readonly checkpointId: string;
  readonly sessionId?: string;
  readonly summary: unknown;
}

const PLAIN_ID = /^[A-Za-z0-9_-]+$/;

/**
 * True where a write replaces all that the session's folder has of the files that a write knows, so that none is left of an
 * earlier one. The write of a task adds to a session that is going on, and leaves the rest of it alone.
 */
export function replacesSession(write: SessionWrite): boolean {
  return write.task === undefined;
}

/** Makes sure that a write can be carried out as it is, before anything is written. Throws a `CkptError`. */
export function assertSessionWrite(
  write: SessionWrite,
): asserts write is SessionWrite & { checkpointId: CheckpointId } {
  assertCheckpointId(write.checkpointId);
  assertSessionId(write.sessionId);
  const { task } = write;
  if (task === undefined) return;
  assertPlainId('tool-use ID', task.toolUseId);
  if (task.agentId !== undefined) assertPlainId('agent ID', task.agentId);
  if (task.final?.transcript !== undefined && task.agentId === undefined) {
    throw badWrite(
      'a task with a transcript needs an agent ID',
      'Give the agent ID: its transcript is named after it.',
    );
  }
  const sequence = task.incremental?.sequence;
  if (sequence !== undefined && !(Number.isInteger(sequence) && sequence >= 0)) {
    throw badWrite(`a task's sequence number can't be ${sequence}`, 'Give a whole number from 0 on.');
  }
}

/** Makes sure that these are IDs that a layout can hold. Throws a `CkptError`. */
export function assertWriteIds(ids: { checkpointId: string; sessionId?: string | undefined }): CheckpointId {
  if (ids.sessionId !== undefined) assertSessionId(ids.sessionId);
  return assertCheckpointId(ids.checkpointId);
}

function assertCheckpointId(text: string): CheckpointId {
  if (isCheckpointId(text)) return text;
  throw badWrite(`not a checkpoint ID: ${text}`, `${CHECKPOINT_ID_FORM}.`);
}

function assertSessionId(text: string): void {
  if (text.trim() === '') throw badWrite('a session ID must not be empty', 'Give the ID of the agent session.');
  // Control characters would break the trailers of the commit message.
  if (/[/\\\u0000-\u001f]/.test(text) || text === '.' || text === '..') {
    throw badWrite(`not a session ID: ${text}`, 'A session ID has no path separators and no control characters.');
  }
}

function assertPlainId(what: string, text: string): void {
  if (PLAIN_ID.test(text)) return;
  throw badWrite(`not a ${what}: ${text}`, `A ${what} has letters, digits, _ and - only.`);
}

function badWrite(message: string, hint: string): CkptError {
  return new CkptError('BAD_WRITE', message, { hint, exitCode: 2 });
}

/**
 * A session's `metadata.json`: two-space indent, final newline. Fields that are `undefined` are left out. The IDs are those of
 * the write, whatever its metadata says.
 */
export function sessionMetadataJson(write: SessionWrite): Buffer {
  const members = sourceOf(write.metadata).members();
  const version = members.findLast(([name]) => name === 'cli_version');
  return JsonSource.object([
    ...(version === undefined ? [] : [version]),
    ['checkpoint_id', JsonSource.of(write.checkpointId)],
    ['session_id', JsonSource.of(write.sessionId)],
    ...members.filter(([name]) => !['cli_version', 'checkpoint_id', 'session_id'].includes(name)),
  ]).pretty();
}

/** The fields of a session before those of its metadata, which says its own where it has them. */
export function withDefaults(metadata: JsonSource | undefined, defaults: JsonObject): JsonSource {
  const members = metadata?.members() ?? [];
  const first = Object.entries(defaults).map(
    ([name, value]) => members.findLast(([key]) => key === name) ?? ([name, JsonSource.of(value)] as const),
  );
  return JsonSource.object([...first, ...members.filter(([name]) => !Object.hasOwn(defaults, name))]);
}

function sourceOf(metadata: SessionWrite['metadata']): JsonSource {
  return metadata instanceof JsonSource ? metadata : JsonSource.of(metadata);
}

/** The message of the commit that a write makes: `Checkpoint: <id>`, a task's description, and the trailers. */
export function writeMessage(write: SessionWrite, session: string): string {
  const { task } = write;
  const { strategy, agent } = parseSessionMetadata(sourceOf(write.metadata).bytes);
  const trailers = [
    ['Entire-Session', write.sessionId],
    ['Entire-Strategy', strategy],
    ['Entire-Agent', agent],
    ['Ephemeral-branch', write.ephemeralBranch],
    [
      'Entire-Metadata-Task',
      task && `${shardPath(write.checkpointId as CheckpointId)}/${session}/${TASKS_FOLDER}/${task.toolUseId}`,
    ],
  ].flatMap(([key, value]) => (typeof value === 'string' && value !== '' ? [`${key}: ${oneLine(value)}`] : []));
  const description = task?.description?.trim();
  const paragraphs = [
    `Checkpoint: ${write.checkpointId}`,
    ...(description ? [oneParagraph(description)] : []),
    trailers.join('\n'),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

/** The message of the commit that a finalization makes. */
export function finalizeMessage(checkpointId: string): string {
  return `Finalize transcript for Checkpoint: ${checkpointId}\n`;
}

/** The message of the commit that puts a generated summary into a session's metadata. */
export function summaryMessage(checkpointId: string, sessionId: string): string {
  return `Update summary for checkpoint ${checkpointId} (session: ${oneLine(sessionId)})\n`;
}

function oneLine(text: string): string {
  return text.replace(/[\s\0]+/g, ' ').trim();
}

/** Without empty lines, and without NUL, which no commit may have. */
function oneParagraph(text: string): string {
  return text.replace(/\0/g, '').replace(/\s*\n\s*/g, '\n');
}
