import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE, nextSession } from '../checkpoint/files.ts';
import { parseSummary, type SummarySession } from '../checkpoint/metadata.ts';
import { summaryListing } from '../checkpoint/summary-edit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { Repository } from '../git/repository.ts';
import { isRegularFileMode, type TreeEntry } from '../git/tree.ts';
import { tryObject } from '../json/read.ts';
import { isBeginning } from './is-beginning.ts';
import { joinSessions, pathsOf, sessionIdsAmong } from './join-sessions.ts';
import { transcriptOf } from './session-transcript.ts';

/** A checkpoint that two clones have changed: its folder in each, and in what both come from. */
export interface CheckpointConflict {
  readonly id: CheckpointId;
  readonly first: ObjectId;
  readonly second: ObjectId;
  readonly base: ObjectId | undefined;
  /** Whether the second was written last. */
  readonly isSecondLater: boolean;
}

/** The folder of a checkpoint with what both have. */
export interface MergedFolder {
  readonly folder: ObjectId;
  /** The names that the second's sessions got which the first lacks, by those that they had. */
  readonly added: ReadonlyMap<string, string>;
}

/** Says which of two versions of a session counts. */
export type SessionChoice = (versions: SessionVersions) => Promise<ObjectId>;

/** A session that both have, as trees. */
export interface SessionVersions {
  /** The name of its folder in the first. */
  readonly session: string;
  /** The name of its folder in the second. */
  readonly theirSession: string;
  readonly ours: ObjectId;
  readonly theirs: ObjectId;
  readonly base: ObjectId | undefined;
}

/**
 * The folder of a checkpoint with what both have. Sessions are paired by their IDs; of two versions of one session the one that
 * continues the other counts, else the one that was written last. A file beside the sessions that only one has changed is taken from
 * there, else from who wrote last; of two summaries the one that can be read.
 */
export async function mergeCheckpoint(
  repo: Repository,
  objects: ObjectOverlay,
  conflict: CheckpointConflict,
): Promise<ObjectId> {
  const choose: SessionChoice = (versions) => chooseSession(repo, objects, versions, conflict);
  return (await mergeFolders(objects, conflict, choose)).folder;
}

/** As `mergeCheckpoint`, where somebody else says which version of a session counts. */
export async function mergeFolders(
  objects: ObjectOverlay,
  conflict: CheckpointConflict,
  choose: SessionChoice,
): Promise<MergedFolder> {
  const [first, second, base] = await Promise.all(
    [conflict.first, conflict.second, conflict.base].map((folder) => readFolder(objects, folder)),
  );
  const entries = new Map(first?.entries);
  for (const [name, theirs] of second?.entries ?? []) {
    if (second?.sessions.has(theirs.name)) continue;
    const ours = entries.get(name);
    const before = base?.entries.get(name)?.id;
    const isSound = name === METADATA_FILE ? await soundOf(objects, ours, theirs) : undefined;
    const isTheirs = ours === undefined ? before === undefined : isTaken(ours.id, theirs.id, before, conflict);
    if (isSound ?? isTheirs) entries.set(name, theirs);
  }
  for (const [name, session] of first?.sessions ?? []) {
    const ours = first?.entries.get(name);
    const theirs = entryOf(second, session, name);
    if (ours === undefined || theirs === undefined || theirs.id === ours.id) continue;
    const before = entryOf(base, session, name)?.id;
    const versions = { session: name, theirSession: theirs.name, ours: ours.id, theirs: theirs.id, base: before };
    entries.set(name, { ...ours, id: await choose(versions) });
  }
  await listSessions(objects, conflict.id, entries, first);
  const added = addNameless(entries, first, second);
  const merged = objects.addTree(entries.values());
  const joined = await joinSessions(objects, conflict.id, merged, conflict.second);
  joined?.from.forEach((name, i) => {
    added.set(name, joined.sessions[i] ?? name);
  });
  return { folder: joined?.folder ?? merged, added };
}

/** Of two summaries whether the second's is the only one that can be read; `undefined` where both can, or none. */
async function soundOf(
  objects: ObjectOverlay,
  ours: TreeEntry | undefined,
  theirs: TreeEntry,
): Promise<boolean | undefined> {
  if (ours === undefined || ours.id === theirs.id) return undefined;
  const [own, other] = await Promise.all([ours, theirs].map((entry) => canBeRead(objects, entry)));
  return own === other ? undefined : other;
}

async function canBeRead(objects: ObjectOverlay, { mode, id }: TreeEntry): Promise<boolean> {
  const content = isRegularFileMode(mode) ? await objects.blob(id) : undefined;
  return content !== undefined && tryObject(content) !== undefined;
}

/** Adds the second's session folders that say no session ID, and that the first has none of the same name of. */
function addNameless(
  entries: Map<string, TreeEntry>,
  first: CheckpointEntries | undefined,
  second: CheckpointEntries | undefined,
): Map<string, string> {
  const added = new Map<string, string>();
  for (const [name, session] of second?.sessions ?? []) {
    const entry = second?.entries.get(name);
    if (session !== namelessSession(name) || entry === undefined || first?.sessions.get(name) === session) continue;
    const free = entries.has(name) ? nextSession([...entries.keys(), ...(second?.sessions.keys() ?? [])]) : name;
    entries.set(free, { ...entry, name: free });
    added.set(name, free);
  }
  return added;
}

/** What a session folder is paired by that says no session ID. */
function namelessSession(name: string): string {
  return `folder ${name}`;
}

/** Has a summary that was taken from the other side list the sessions that only the first has. */
async function listSessions(
  objects: ObjectOverlay,
  id: CheckpointId,
  entries: Map<string, TreeEntry>,
  first: CheckpointEntries | undefined,
): Promise<void> {
  const summary = entries.get(METADATA_FILE);
  const own = first?.entries.get(METADATA_FILE);
  if (summary === undefined || summary.id === own?.id || !isRegularFileMode(summary.mode)) return;
  let content = await objects.blob(summary.id);
  for (const name of first?.sessions.keys() ?? []) {
    const entry = entries.get(name);
    const listed = content && parseListed(content);
    if (content === undefined || listed === undefined || entry === undefined) return;
    const paths = pathsOf(id, name, await objects.tree(entry.id));
    if (listed.some(({ metadata }) => metadata === paths.metadata)) continue;
    content = summaryListing(content, paths) ?? content;
  }
  if (content !== undefined) entries.set(METADATA_FILE, { ...summary, id: objects.add('blob', content) });
}

/** The sessions that a summary lists; `undefined` where it lists none, or can't be read. */
function parseListed(content: Buffer): readonly SummarySession[] | undefined {
  return tryObject(content) === undefined ? undefined : parseSummary(content).sessions;
}

/** A checkpoint's folder. */
export interface CheckpointEntries {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** What each session is paired by: its ID, else its folder's name; by the folder's name. */
  readonly sessions: ReadonlyMap<string, string>;
}

/** Reads a checkpoint's folder; `undefined` where there is none. */
export async function readFolder(
  objects: ObjectOverlay,
  id: ObjectId | undefined,
): Promise<CheckpointEntries | undefined> {
  if (id === undefined) return undefined;
  const entries = new Map((await objects.tree(id)).map((entry) => [entry.name, entry]));
  const ids = [...(await sessionIdsAmong(objects, entries.values()))];
  return { entries, sessions: new Map(ids.map(([{ name }, id]) => [name, id ?? namelessSession(name)])) };
}

/** The name of the folder that has a session: the one of the same name where that has it, else the last. */
export function sessionFolderOf(
  folder: CheckpointEntries | undefined,
  session: string,
  name: string,
): string | undefined {
  if (folder?.sessions.get(name) === session) return name;
  return [...(folder?.sessions ?? [])].filter(([, id]) => id === session).at(-1)?.[0];
}

function entryOf(folder: CheckpointEntries | undefined, session: string, name: string): TreeEntry | undefined {
  const found = sessionFolderOf(folder, session, name);
  return found === undefined ? undefined : folder?.entries.get(found);
}

function isTaken(
  ours: ObjectId,
  theirs: ObjectId,
  base: ObjectId | undefined,
  { isSecondLater }: CheckpointConflict,
): boolean {
  if (ours === theirs || theirs === base) return false;
  return ours === base || isSecondLater;
}

async function chooseSession(
  repo: Repository,
  objects: ObjectOverlay,
  { ours, theirs, base }: SessionVersions,
  { isSecondLater }: CheckpointConflict,
): Promise<ObjectId> {
  if (theirs === base) return ours;
  if (ours === base) return theirs;
  return (await longerTranscript(repo, objects, ours, theirs)) ?? (isSecondLater ? theirs : ours);
}

/** Which of two folders of a session has the transcript that continues the other's, or the only one; `undefined` where neither has. */
export async function longerTranscript(
  repo: Repository,
  objects: ObjectOverlay,
  ours: ObjectId,
  theirs: ObjectId,
): Promise<ObjectId | undefined> {
  const [one, other] = [await sizedTranscript(repo, objects, ours), await sizedTranscript(repo, objects, theirs)];
  if (one === undefined || other === undefined) return one === other ? undefined : one === undefined ? theirs : ours;
  if (one.size === other.size) return undefined;
  const [short, long] = one.size < other.size ? [one, other] : [other, one];
  if (!(await isBeginning(repo, short.pieces, long.pieces))) return undefined;
  return one.size < other.size ? theirs : ours;
}

async function sizedTranscript(repo: Repository, objects: ObjectOverlay, session: ObjectId) {
  const pieces = transcriptOf(await objects.tree(session)).pieces.map(({ id }) => id);
  if (pieces.length === 0) return undefined;
  const infos = await repo.objectInfo(pieces);
  return { pieces, size: infos.reduce((total, info) => total + (info?.size ?? 0), 0) };
}
