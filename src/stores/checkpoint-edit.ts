import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { METADATA_FILE } from '../checkpoint/layout.ts';
import type { SessionMetadata } from '../checkpoint/metadata.ts';
import { parseSessionMetadata } from '../checkpoint/metadata.ts';
import type { CheckpointFolders } from './checkpoint-folders.ts';

/** A session folder of a checkpoint, and what its metadata says. */
export interface KnownSession {
  readonly name: string;
  readonly content: Buffer | undefined;
  /** Absent where the metadata is missing or unreadable: whose folder it is can't be told. */
  readonly metadata: SessionMetadata | undefined;
}

/** The sessions of a checkpoint, in the order of their numbers. */
export async function knownSessions(folders: CheckpointFolders, id: CheckpointId): Promise<KnownSession[]> {
  const sessions: KnownSession[] = [];
  for (const name of await folders.sessions(id)) {
    const stored = await folders.session(id, name);
    sessions.push({ name, content: stored?.content, metadata: stored?.value });
  }
  return sessions;
}

/** The folder of the session with this ID; the first where real data has it twice. */
export function findSession(sessions: readonly KnownSession[], sessionId: string): KnownSession | undefined {
  return sessions.find(({ metadata }) => metadata?.session_id === sessionId);
}

/** The number behind the greatest of these: no folder has it, whatever gaps there are. */
export function nextNumber(names: Iterable<string>): string {
  let greatest = -1;
  for (const name of names) greatest = Math.max(greatest, Number(name));
  return String(greatest + 1);
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
    hint: 'Nothing was written. Run ckpt verify to look at the checkpoint.',
  });
}

/** The metadata of all sessions after a write: the written one takes its place among the others. */
export function sessionsAfter(
  sessions: readonly KnownSession[],
  name: string,
  written: SessionMetadata,
): SessionMetadata[] {
  const others = sessions.filter((session) => session.name !== name);
  return [...others, { name, metadata: written }]
    .sort((a, b) => Number(a.name) - Number(b.name))
    .map(({ metadata }) => metadata)
    .filter((metadata) => metadata !== undefined);
}

/** Finds the session that a finalization or a summary is for. Throws a `CkptError` where there is none. */
export function requireSession(
  sessions: readonly KnownSession[],
  id: CheckpointId,
  sessionId: string | undefined,
): KnownSession {
  const found = sessionId === undefined ? sessions.at(-1) : findSession(sessions, sessionId);
  if (found !== undefined) return found;
  const what = sessionId === undefined ? 'no session' : `no session ${sessionId}`;
  throw new CkptError('SESSION_NOT_FOUND', `the checkpoint ${id} has ${what}`, {
    hint: `Write it first; the sessions that are there: ${sessions.map(({ metadata }) => metadata?.session_id ?? '?').join(', ') || 'none'}`,
  });
}

/** Reads the metadata that a write has just made. */
export function parseWritten(content: Buffer): SessionMetadata {
  return parseSessionMetadata(content);
}

/** The path of a session's metadata in the tree. */
export function metadataPath(id: CheckpointId, session: string): string {
  return `${shardPath(id)}/${session}/${METADATA_FILE}`;
}
