import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { isSessionFolderName, METADATA_FILE } from '../checkpoint/files.ts';
import {
  type SessionMetadataFacts,
  type SummaryFacts,
  sessionFacts,
  summaryFacts,
} from '../checkpoint/metadata-facts.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { displayName, isTreeMode, type TreeEntry } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';

/** What is needed of a file, or why it can't be read. The rest of it is not kept: it may have a hundred megabytes. */
export type Readable<T> = { readonly value: T } | { readonly error: string };

/** A session folder whose entries and metadata have been read. */
export interface SessionFolder {
  readonly name: string;
  readonly entries: readonly TreeEntry[];
  metadata: Readable<SessionMetadataFacts> | undefined;
}

/** A checkpoint whose folders and metadata have been read. */
export interface CheckpointFolder {
  readonly id: CheckpointId;
  readonly entries: readonly TreeEntry[];
  readonly sessions: SessionFolder[];
  summary: Readable<SummaryFacts> | undefined;
  /** Paths in the checkpoint of blobs that are absent; empty where that was not asked. */
  readonly absent: string[];
  /** Paths in the checkpoint of metadata that was to be read and is absent, by the ids of the blobs. */
  readonly absentMetadata: Map<ObjectId, string>;
}

/** Reads checkpoints, given the ids of their folders: trees and metadata; `checkBlobs` asks whether the other blobs are there. */
export async function readCheckpointFolders(
  repo: Repository,
  checkpoints: ReadonlyArray<readonly [CheckpointId, ObjectId]>,
  { checkBlobs = true, memory }: { readonly checkBlobs?: boolean; readonly memory?: TreeMemory },
): Promise<CheckpointFolder[]> {
  const trees = await readTrees(
    repo,
    checkpoints.map(([, tree]) => tree),
    memory,
  );
  const folders = checkpoints.map(([id], i): CheckpointFolder => {
    return { id, entries: trees[i] ?? [], sessions: [], summary: undefined, absent: [], absentMetadata: new Map() };
  });
  await readSessions(repo, folders, memory);
  await readMetadata(repo, folders);
  if (checkBlobs) await findAbsentBlobs(repo, folders);
  return folders;
}

async function readSessions(
  repo: Repository,
  folders: readonly CheckpointFolder[],
  memory: TreeMemory | undefined,
): Promise<void> {
  const wanted = folders.flatMap((folder) => {
    const sessions = folder.entries.filter((entry) => isTreeMode(entry.mode) && isSessionFolderName(entry.name));
    return sessions.sort((a, b) => Number(a.name) - Number(b.name)).map((entry) => ({ folder, entry }));
  });
  const trees = await readTrees(
    repo,
    wanted.map(({ entry }) => entry.id),
    memory,
  );
  wanted.forEach(({ folder, entry }, i) => {
    folder.sessions.push({ name: entry.name, entries: trees[i] ?? [], metadata: undefined });
  });
}

async function readMetadata(repo: Repository, folders: readonly CheckpointFolder[]): Promise<void> {
  const wanted: Array<{ folder: CheckpointFolder; path: string; id: ObjectId; take: (content: Buffer) => void }> = [];
  for (const folder of folders) {
    const summary = findFile(folder.entries, METADATA_FILE);
    const takeSummary = (content: Buffer) => {
      folder.summary = read(() => summaryFacts(content));
    };
    if (summary !== undefined) wanted.push({ folder, path: METADATA_FILE, id: summary.id, take: takeSummary });
    for (const session of folder.sessions) {
      const metadata = findFile(session.entries, METADATA_FILE);
      const takeMetadata = (content: Buffer) => {
        session.metadata = read(() => sessionFacts(content));
      };
      const path = `${session.name}/${METADATA_FILE}`;
      if (metadata !== undefined) wanted.push({ folder, path, id: metadata.id, take: takeMetadata });
    }
  }
  const ids = wanted.map(({ id }) => id);
  await repo.visitObjects(ids, (object, i) => {
    const one = wanted[i];
    if (object !== undefined) one?.take(object.content);
    else one?.folder.absentMetadata.set(one.id, one.path);
  });
}

/** What parsing gives, or why it can't. */
export function read<T>(parse: () => T): Readable<T> {
  try {
    return { value: parse() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Notes which blobs of checkpoints are absent from the repository. Reads and fetches none. */
export async function findAbsentBlobs(repo: Repository, folders: readonly CheckpointFolder[]): Promise<void> {
  const absent = await repo.absentObjects(folders.flatMap((folder) => blobsOf(folder).map(({ id }) => id)));
  if (absent.size === 0) return;
  for (const folder of folders) {
    const sessionOf = new Map(folder.sessions.flatMap(({ name, entries }) => entries.map((entry) => [entry, name])));
    for (const entry of blobsOf(folder)) {
      if (!absent.has(entry.id)) continue;
      const session = sessionOf.get(entry);
      folder.absent.push((session === undefined ? '' : `${session}/`) + displayName(entry.name));
    }
  }
}

/** The files of a checkpoint and of its sessions; a submodule's commit is never in this repository. */
function blobsOf({ entries, sessions }: CheckpointFolder): TreeEntry[] {
  const all = [entries, ...sessions.map((session) => session.entries)].flat();
  return all.filter(({ mode }) => !isTreeMode(mode) && mode !== '160000');
}

/** The file of that name among entries; a folder is none. */
export function findFile(entries: readonly TreeEntry[], name: string): TreeEntry | undefined {
  return entries.find((entry) => entry.name === name && !isTreeMode(entry.mode));
}
