import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import { type SessionWrite, type TaskWrite, type TranscriptSource, withDefaults } from '../checkpoint/session-write.ts';
import { JsonSource } from '../json/source.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { FORMAT_HEAD_BYTES, transcriptFormat } from '../redaction/transcript-format.ts';
import type { ParsedDocument, TranscriptInput, WriteDocument } from './document-schema.ts';

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
  { fields: document, source }: ParsedDocument,
  folder: string,
  now: Date,
  loadRedactor: () => Promise<Redactor>,
): Promise<RedactedWrite> {
  const counts: Array<() => number> = [];
  const isClean = document.redacted === true;
  const redactJson = async (json: JsonSource): Promise<JsonSource> => {
    if (isClean) return json;
    const { source: clean, count } = await (await loadRedactor()).redactJson(json);
    counts.push(() => count);
    return clean;
  };
  const redactValue = async <T>(value: T): Promise<T> =>
    isClean || value === undefined ? value : ((await redactJson(JsonSource.of(value))).value as T);
  const transcript = async (input: TranscriptInput): Promise<TranscriptSource> => {
    if ('text' in input && isClean) return inline(input.text);
    const [open, head] = 'path' in input ? await openFile(resolve(folder, input.path)) : textSource(input.text);
    return async function* () {
      // Loaded here, where a failure is one of this transcript alone.
      const { output, count } = (await loadRedactor()).redactTranscript(open(), transcriptFormat(head));
      counts.push(count);
      yield* output;
    };
  };
  const metadata = await redactJson(
    withDefaults(source.at('metadata'), { strategy: 'manual-commit', created_at: now.toISOString() }),
  );
  const prompts = await redactValue(document.prompts);
  const context = await redactValue(document.context);
  const task =
    document.task && (await redactTask(document.task, source.at('task'), { redactJson, redactValue, transcript }));
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

/** How the parts of a document lose their secrets. */
interface Redaction {
  readonly redactJson: (json: JsonSource) => Promise<JsonSource>;
  readonly redactValue: <T>(value: T) => Promise<T>;
  readonly transcript: (input: TranscriptInput) => Promise<TranscriptSource>;
}

async function redactTask(
  task: NonNullable<WriteDocument['task']>,
  source: JsonSource | undefined,
  { redactJson, redactValue, transcript }: Redaction,
): Promise<TaskWrite> {
  const { final, incremental } = task;
  const checkpointOf = (part: 'final' | 'incremental') =>
    redactJson(source?.at(part, 'checkpoint') ?? JsonSource.of(null));
  const description = await redactValue(task.description);
  return {
    toolUseId: task.tool_use_id,
    ...(task.agent_id !== undefined && { agentId: task.agent_id }),
    ...(description !== undefined && { description }),
    ...(final !== undefined && {
      final: {
        checkpoint: await checkpointOf('final'),
        ...(final.transcript !== undefined && { transcript: await transcript(final.transcript) }),
      },
    }),
    ...(incremental !== undefined && {
      incremental: { sequence: incremental.sequence, checkpoint: await checkpointOf('incremental') },
    }),
  };
}

function inline(text: string): TranscriptSource {
  return async function* () {
    yield Buffer.from(text, 'utf8');
  };
}

/** How many characters of a text become bytes at a time. */
const PART = 1 << 18;

/** A text in parts, so that it is not held a second time as bytes. */
function textSource(text: string): [TranscriptSource, Buffer] {
  const source = async function* () {
    for (let at = 0, end = 0; at < text.length; at = end) {
      end = Math.min(at + PART, text.length);
      if (isFirstOfTwo(text.charCodeAt(end - 1)) && end < text.length) end += 1;
      yield Buffer.from(text.slice(at, end), 'utf8');
    }
  };
  return [source, Buffer.from(text.slice(0, FORMAT_HEAD_BYTES), 'utf8')];
}

/** Whether a UTF-16 code is the first half of a character. */
function isFirstOfTwo(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
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
