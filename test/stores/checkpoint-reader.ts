import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { METADATA_FILE, PROMPT_FILE, PROMPT_SEPARATOR } from '../../src/checkpoint/files.ts';
import {
  type CheckpointSummary,
  parseSessionMetadata,
  parseSummary,
  type SessionMetadata,
} from '../../src/checkpoint/metadata.ts';
import type { CheckpointFolders } from '../../src/layout/checkpoint-folders.ts';
import type { StoredTranscript } from '../../src/layout/transcript-reader.ts';

/** A metadata file: its bytes, and what could be read of them; `value` is absent where they are not a JSON object. */
export interface StoredJson<T> {
  readonly content: Buffer;
  readonly value: T | undefined;
}

/** Reads checkpoints of one layout. A checkpoint or session that is not there gives `undefined`, never an error. */
export interface CheckpointReader {
  readonly layout: 'v1' | 'v2';
  /** All checkpoints, in the order of their IDs. */
  listCheckpoints(): Promise<CheckpointId[]>;
  readSummary(id: CheckpointId): Promise<StoredJson<CheckpointSummary> | undefined>;
  /** The names of a checkpoint's session folders, in the order of their numbers. There may be gaps. */
  listSessions(id: CheckpointId): Promise<string[]>;
  readSession(id: CheckpointId, session: string): Promise<StoredJson<SessionMetadata> | undefined>;
  /** What the user typed; `undefined` where there is no `prompt.txt`. */
  readPrompts(id: CheckpointId, session: string): Promise<string[] | undefined>;
  readTranscript(id: CheckpointId, session: string): Promise<StoredTranscript | undefined>;
}

export async function summaryIn(
  folders: CheckpointFolders,
  id: CheckpointId,
): Promise<StoredJson<CheckpointSummary> | undefined> {
  return storedJson(await folders.file(id, METADATA_FILE), parseSummary);
}

export async function sessionIn(
  folders: CheckpointFolders,
  id: CheckpointId,
  session: string,
): Promise<StoredJson<SessionMetadata> | undefined> {
  return storedJson(await folders.file(id, session, METADATA_FILE), parseSessionMetadata);
}

export async function promptsIn(
  folders: CheckpointFolders,
  id: CheckpointId,
  session: string,
): Promise<string[] | undefined> {
  const content = await folders.file(id, session, PROMPT_FILE);
  return content?.toString('utf8').split(PROMPT_SEPARATOR);
}

function storedJson<T>(content: Buffer | undefined, parse: (content: Buffer) => T): StoredJson<T> | undefined {
  if (content === undefined) return undefined;
  try {
    return { content, value: parse(content) };
  } catch {
    return { content, value: undefined };
  }
}
