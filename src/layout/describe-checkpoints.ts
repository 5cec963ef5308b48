import {
  type CheckpointSummary,
  parseSessionMetadata,
  parseSummary,
  type SessionMetadata,
} from '../checkpoint/metadata.ts';
import { TooLargeError } from '../git/errors.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { type ReadDocument, visitDocuments } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';
import { displayName, isSubmoduleMode, isTreeMode } from '../git/tree.ts';
import type { CheckpointView } from './layout.ts';

/** What is needed of a file, or why it can't be read. The rest of it is not kept: it may have a hundred megabytes. */
export type ReadResult<T> = { readonly value: T } | { readonly error: string };

/** What parsing gives, or why it can't. */
export function read<T>(parse: () => T): ReadResult<T> {
  try {
    return { value: parse() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** What is needed of what was read. Fields that are absent become `undefined`. */
export function mapped<T, U>(readable: ReadResult<T>, pick: (value: T) => U): ReadResult<U> {
  return 'value' in readable ? { value: pick(readable.value) } : readable;
}

/** What is kept of a summary: the entries of its list, where it has one. */
export type ListedSessions = Pick<CheckpointSummary, 'sessions'>;
/** What is kept of a session's metadata. */
export type SessionOrigin = Pick<SessionMetadata, 'session_id' | 'created_at'>;

/** A checkpoint whose metadata has been read, as far as it is there. */
export interface DescribedCheckpoint {
  readonly checkpoint: CheckpointView;
  readonly summary: ReadResult<ListedSessions> | undefined;
  /** By the names of the sessions. */
  readonly metadata: ReadonlyMap<string, ReadResult<SessionOrigin>>;
  /** Paths in the checkpoint of metadata that is absent from the repository, by the ids of the blobs. */
  readonly absentMetadata: ReadonlyMap<ObjectId, string>;
}

/** The IDs of a checkpoint's sessions by the names of their folders; `undefined` where the metadata says none. */
export function sessionIdsOf({ checkpoint, metadata }: DescribedCheckpoint): Map<string, string | undefined> {
  return new Map(
    checkpoint.sessions.map(({ name }) => {
      const origin = metadata.get(name);
      return [name, origin !== undefined && 'value' in origin ? origin.value.session_id : undefined];
    }),
  );
}

/** Reads the summaries and the session metadata of checkpoints, all in one pass. */
export async function describeCheckpoints(
  repo: Repository,
  checkpoints: readonly CheckpointView[],
): Promise<DescribedCheckpoint[]> {
  const wanted: Array<{ id: ObjectId; take: (document: ReadDocument) => void }> = [];
  const described = checkpoints.map((checkpoint) => {
    const metadata = new Map<string, ReadResult<SessionOrigin>>();
    const absentMetadata = new Map<ObjectId, string>();
    const one = { checkpoint, summary: undefined as ReadResult<ListedSessions> | undefined, metadata, absentMetadata };
    for (const { path, role, id } of checkpoint.files) {
      if (role !== 'summary' && role !== 'metadata') continue;
      const take = (document: ReadDocument) => {
        if (document === undefined) absentMetadata.set(id, path);
        else if (role === 'summary') one.summary = readAs(document, listedSessions);
        else metadata.set(path.slice(0, path.indexOf('/')), readAs(document, sessionOrigin));
      };
      wanted.push({ id, take });
    }
    return one;
  });
  const ids = idsOf(wanted);
  await visitDocuments(repo, ids, (document, i) => wanted[i]?.take(document));
  return described;
}

/** What parsing gives, or why there is nothing to parse. */
function readAs<T>(document: Buffer | TooLargeError, parse: (content: Buffer) => T): ReadResult<T> {
  return document instanceof TooLargeError ? { error: document.reason } : read(() => parse(document));
}

function listedSessions(content: Buffer): ListedSessions {
  const { sessions } = parseSummary(content);
  return { sessions };
}

function sessionOrigin(content: Buffer): SessionOrigin {
  const { session_id, created_at } = parseSessionMetadata(content);
  return { session_id, created_at };
}

/** The paths of each checkpoint's files whose blobs are absent from the repository. Reads and fetches none. */
export async function absentFiles(
  repo: Repository,
  checkpoints: readonly CheckpointView[],
): Promise<Map<CheckpointView, string[]>> {
  // A submodule's commit is never in this repository.
  const blobs = checkpoints.map(({ files }) => files.filter(({ mode }) => !isTreeMode(mode) && !isSubmoduleMode(mode)));
  const absent = await repo.absentObjects(blobs.flat().map(({ id }) => id));
  if (absent.size === 0) return new Map();
  return new Map(
    checkpoints.map((checkpoint, i) => {
      const gone = (blobs[i] ?? []).filter(({ id }) => absent.has(id));
      return [checkpoint, gone.map(({ path }) => displayName(path))];
    }),
  );
}
