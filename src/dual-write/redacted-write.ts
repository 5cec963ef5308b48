import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import type { SessionWrite, TaskWrite, TranscriptSource } from '../checkpoint/session-write.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { FORMAT_HEAD_BYTES, transcriptFormat } from '../redaction/transcript-format.ts';
import type { TranscriptInput, WriteDocument } from './document.ts';

/** A document made ready to be stored, and how many secrets were taken out of it so far. */
export interface RedactedWrite {
  readonly write: SessionWrite;
  /** Complete only after the transcripts have been stored: they are redacted as they are read. */
  readonly redactions: () => number;
}

/**
 * Takes the secrets out of a document. Inline texts are taken as clean where the document says so; a transcript that comes as
 * a file never is. `folder` is where its paths start. Throws where a file can't be read.
 */
export async function redactDocument(
  document: WriteDocument,
  folder: string,
  now: Date,
  loadRedactor: () => Promise<Redactor>,
): Promise<RedactedWrite> {
  const counts: Array<() => number> = [];
  const isClean = document.redacted === true;
  const redactValue = async <T>(value: T): Promise<T> => {
    if (isClean || value === undefined) return value;
    const { value: clean, count } = await (await loadRedactor()).redactJson(value);
    counts.push(() => count);
    return clean;
  };
  const transcript = async (input: TranscriptInput): Promise<TranscriptSource> => {
    if ('text' in input && isClean) return inline(input.text);
    const [source, head] = 'path' in input ? await openFile(resolve(folder, input.path)) : textSource(input.text);
    return async function* () {
      // Loaded here, where a failure is one of this transcript alone.
      const { output, count } = (await loadRedactor()).redactTranscript(source(), transcriptFormat(head));
      counts.push(count);
      yield* output;
    };
  };
  const metadata = await redactValue({
    strategy: 'manual-commit',
    created_at: now.toISOString(),
    ...document.metadata,
  });
  const prompts = await redactValue(document.prompts);
  const context = await redactValue(document.context);
  const task = document.task && (await redactTask(document.task, redactValue, transcript));
  const ephemeralBranch = await redactValue(document.ephemeral_branch);
  const write: SessionWrite = {
    checkpointId: document.checkpoint_id,
    sessionId: document.session_id,
    metadata,
    ...(prompts !== undefined && { prompts }),
    ...(context !== undefined && { context }),
    ...(document.transcript !== undefined && { transcript: await transcript(document.transcript) }),
    ...(task !== undefined && { task }),
    ...(ephemeralBranch !== undefined && { ephemeralBranch }),
  };
  return { write, redactions: () => counts.reduce((sum, count) => sum + count(), 0) };
}

async function redactTask(
  task: NonNullable<WriteDocument['task']>,
  redactValue: <T>(value: T) => Promise<T>,
  transcript: (input: TranscriptInput) => Promise<TranscriptSource>,
): Promise<TaskWrite> {
  const { final, incremental } = task;
  const description = await redactValue(task.description);
  return {
    toolUseId: task.tool_use_id,
    ...(task.agent_id !== undefined && { agentId: task.agent_id }),
    ...(description !== undefined && { description }),
    ...(final !== undefined && {
      final: {
        checkpoint: await redactValue(final.checkpoint),
        ...(final.transcript !== undefined && { transcript: await transcript(final.transcript) }),
      },
    }),
    ...(incremental !== undefined && {
      incremental: { sequence: incremental.sequence, checkpoint: await redactValue(incremental.checkpoint) },
    }),
  };
}

function inline(text: string): TranscriptSource {
  return async function* () {
    yield Buffer.from(text, 'utf8');
  };
}

function textSource(text: string): [TranscriptSource, Buffer] {
  return [inline(text), Buffer.from(text.slice(0, FORMAT_HEAD_BYTES), 'utf8')];
}

async function openFile(path: string): Promise<[TranscriptSource, Buffer]> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(FORMAT_HEAD_BYTES), 0, FORMAT_HEAD_BYTES, 0);
      return [() => createReadStream(path), buffer.subarray(0, bytesRead)];
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new CkptError('TRANSCRIPT_UNREADABLE', `the transcript can't be read: ${(error as Error).message}`, {
      hint: 'Nothing was written. Look at the path in the document: it starts at the folder of the document.',
      cause: error,
    });
  }
}
