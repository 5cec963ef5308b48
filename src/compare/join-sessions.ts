import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE, nextSession, PROMPT_FILE } from '../checkpoint/files.ts';
import type { SummarySession } from '../checkpoint/metadata.ts';
import { summaryListing } from '../checkpoint/summary-edit.ts';
import { COMPACT_NAMES, namesInUse } from '../checkpoint/transcript.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { isRegularFileMode, type TreeEntry } from '../git/tree.ts';
import { textOf, tryObject } from '../json/read.ts';
import { isSessionEntry } from '../layout/folder-files.ts';

/** A checkpoint's folder with sessions added, the names that these have there, and those that they had where they come from. */
export interface JoinedFolder {
  readonly folder: ObjectId;
  readonly sessions: readonly string[];
  readonly from: readonly string[];
}

/**
 * V1's folder of a checkpoint with the sessions of another folder that it lacks, by their session IDs; one whose number is taken gets
 * the next. The summary lists them. `undefined` where it lacks none. Throws `BadObjectError` where a folder is absent.
 */
export async function joinSessions(
  objects: ObjectOverlay,
  id: CheckpointId,
  ours: ObjectId,
  theirs: ObjectId,
): Promise<JoinedFolder | undefined> {
  const entries = new Map((await objects.tree(ours)).map((entry) => [entry.name, entry]));
  const added = await lackedSessions(objects, entries.values(), theirs);
  if (added.length === 0) return undefined;
  const sessions: string[] = [];
  let summary = entries.get(METADATA_FILE);
  for (const entry of added) {
    const name = entries.has(entry.name) ? nextSession(entries.keys()) : entry.name;
    entries.set(name, { ...entry, name });
    sessions.push(name);
    if (summary === undefined || !isRegularFileMode(summary.mode)) continue;
    const listed = summaryListing(await objects.blob(summary.id), pathsOf(id, name, await objects.tree(entry.id)));
    if (listed !== undefined) summary = { ...summary, id: objects.add('blob', listed) };
  }
  if (summary !== undefined) entries.set(METADATA_FILE, summary);
  return { folder: objects.addTree(entries.values()), sessions, from: added.map(({ name }) => name) };
}

/** True where a folder of a checkpoint has sessions that another one of it lacks, by their session IDs. Throws `BadObjectError`. */
export async function lacksSessions(objects: ObjectOverlay, ours: ObjectId, theirs: ObjectId): Promise<boolean> {
  return (await lackedSessions(objects, await objects.tree(ours), theirs)).length > 0;
}

/** Of a checkpoint's folder the sessions whose IDs another one's entries do not have, in the order of their numbers. */
async function lackedSessions(
  objects: ObjectOverlay,
  ours: Iterable<TreeEntry>,
  theirs: ObjectId,
): Promise<TreeEntry[]> {
  const known = new Set((await sessionIdsAmong(objects, ours)).values());
  return [...(await sessionIdsAmong(objects, await objects.tree(theirs)))]
    .filter(([, sessionId]) => sessionId !== undefined && !known.has(sessionId))
    .map(([entry]) => entry)
    .sort((a, b) => Number(a.name) - Number(b.name));
}

/** The session folders among the entries of a checkpoint's, with the ID that the metadata says; `undefined` where it says none. */
export async function sessionIdsAmong(
  objects: ObjectOverlay,
  entries: Iterable<TreeEntry>,
): Promise<Map<TreeEntry, string | undefined>> {
  const found = new Map<TreeEntry, string | undefined>();
  for (const entry of [...entries].filter(isSessionEntry)) {
    const metadata = (await objects.tree(entry.id)).find(({ name }) => name === METADATA_FILE);
    const content = metadata && (await objects.blob(metadata.id));
    found.set(entry, textOf(tryObject(content)?.session_id));
  }
  return found;
}

/** How a summary lists a session, by the files in its folder. */
export function pathsOf(id: CheckpointId, session: string, files: readonly TreeEntry[]): SummarySession {
  const names = new Set(files.map(({ name }) => name));
  const path = (name: string | undefined) =>
    name !== undefined && names.has(name) ? `/${shardPath(id)}/${session}/${name}` : undefined;
  const found = namesInUse([...names]);
  const transcript = found && `/${shardPath(id)}/${session}/${found.transcript}`;
  const paths = {
    metadata: `/${shardPath(id)}/${session}/${METADATA_FILE}`,
    transcript,
    compact_transcript: path(COMPACT_NAMES.transcript),
    content_hash: path(found?.contentHash),
    prompt: path(PROMPT_FILE) ?? '',
  };
  return Object.fromEntries(Object.entries(paths).filter(([, value]) => value !== undefined));
}
