import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { CheckpointSummary, SessionMetadata } from '../checkpoint/metadata.ts';
import type { RefName } from '../git/object-id.ts';

/** A metadata file: its bytes, and what could be read of them; `value` is absent where they are not a JSON object. */
export interface StoredJson<T> {
  readonly content: Buffer;
  readonly value: T | undefined;
}

/** A session's raw transcript, wherever it lies. */
export interface StoredTranscript {
  /** The ref that it was found on. */
  readonly ref: RefName;
  /** The files that it is made of, from the tree's root, in order. */
  readonly paths: readonly string[];
  /** What the session's hash file says (`sha256:<64 hex>`); absent where there is none. It may be wrong in real data. */
  readonly contentHash: string | undefined;
  /**
   * The whole transcript as it was before it was split, in pieces that have nothing to do with the files. Throws
   * `BadObjectError` where a file is absent from the repository.
   */
  stream(): AsyncIterable<Buffer>;
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
