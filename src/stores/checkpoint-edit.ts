import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { METADATA_FILE } from '../checkpoint/files.ts';
import {
  parseSessionMetadata,
  type SessionMetadata,
  type SummarySession,
  trySessionMetadata,
} from '../checkpoint/metadata.ts';
import { summaryWith } from '../checkpoint/summary-edit.ts';
import type { CheckpointDraft } from './checkpoint-draft.ts';

/** A session folder of a checkpoint, and what its metadata says. */
export interface KnownSession {
  readonly name: string;
  readonly content: Buffer | undefined;
  /** Absent where the metadata is missing or unreadable: whose folder it is can't be told. */
  readonly metadata: SessionMetadata | undefined;
}

/**
 * The sessions of a checkpoint, in the order of their numbers. Throws a `BadObjectError` where the metadata of one is absent
 * from the repository: whether a write is for that session can't be told then.
 */
export async function knownSessions(draft: CheckpointDraft): Promise<KnownSession[]> {
  const sessions: KnownSession[] = [];
  for (const name of await draft.sessions()) {
    const content = await draft.fileToEdit(`${name}/${METADATA_FILE}`);
    sessions.push({ name, content, metadata: trySessionMetadata(content) });
  }
  return sessions;
}

/** The folder of the session with this ID; the first where real data has it twice. */
export function findSession(sessions: readonly KnownSession[], sessionId: string): KnownSession | undefined {
  return sessions.find(({ metadata }) => metadata?.session_id === sessionId);
}

/** Makes sure that a folder is this session's or nobody's yet. Throws a `CkptError` where it holds another session. */
export function assertOwnFolder(
  sessions: readonly KnownSession[],
  name: string,
  sessionId: string,
  id: CheckpointId,
): void {
  const holder = sessions.find((session) => session.name === name);
  if (holder === undefined || holder.metadata?.session_id === sessionId) return;
  const whose = holder.metadata?.session_id ?? 'a session whose metadata cannot be read';
  throw new CkptError('SESSION_FOLDER_TAKEN', `${shardPath(id)}/${name} holds ${whose}, not session ${sessionId}`, {
    hint: ['Nothing was written. To look at the checkpoint: ', ['ckpt', 'verify']],
  });
}

/**
 * The checkpoint's summary after a session was written to it, which the draft has already. `sessions` are those before,
 * `written` is the metadata of the session in the folder `name`.
 */
export async function summaryAfter(
  draft: CheckpointDraft,
  sessions: readonly KnownSession[],
  name: string,
  written: Buffer,
): Promise<Buffer> {
  const before = await draft.fileToEdit(METADATA_FILE);
  const metadata = parseSessionMetadata(written);
  const all = [...sessions.filter((session) => session.name !== name), { name, content: written, metadata }];
  all.sort((a, b) => Number(a.name) - Number(b.name));
  const listed: SummarySession[] = [];
  if (before === undefined) for (const session of all) listed.push(await draft.listed(session.name));
  const paths = await draft.listed(name);
  const facts = all.flatMap((one) =>
    one.content && one.metadata ? [{ ...one, metadata: one.metadata, content: one.content }] : [],
  );
  return summaryWith(before, { checkpointId: draft.id, paths, listed, sessions: facts, written: metadata });
}

/**
 * Finds the session that a finalization or a summary is for; without an ID the newest whose metadata can be read. Throws a
 * `CkptError` where there is none.
 */
export function requireSession(
  sessions: readonly KnownSession[],
  id: CheckpointId,
  sessionId: string | undefined,
): KnownSession {
  const found =
    sessionId === undefined
      ? sessions.findLast(({ metadata }) => metadata !== undefined)
      : findSession(sessions, sessionId);
  if (found !== undefined) return found;
  const what = sessionId === undefined ? 'no session' : `no session ${sessionId}`;
  throw new CkptError('SESSION_NOT_FOUND', `the checkpoint ${id} has ${what}`, {
    hint: `Write it first; the sessions that are there: ${sessions.map(({ metadata }) => metadata?.session_id ?? '?').join(', ') || 'none'}`,
  });
}
