import { isFullSessionFile, METADATA_FILE, PROMPT_FILE, PROMPT_SEPARATOR, TASKS_FOLDER } from '../checkpoint/files.ts';
import {
  replacesSession,
  type SessionWrite,
  sessionMetadataJson,
  type TaskWrite,
  type TranscriptSource,
} from '../checkpoint/session-write.ts';
import { pieceNames, plainPath, TRANSCRIPT_NAMES, type TranscriptNames } from '../checkpoint/transcript.ts';
import { chunkTranscript } from '../checkpoint/transcript-chunks.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import type { TreeEdit } from '../git/tree-editor.ts';
import { prettyJson } from '../json/source.ts';

/** Older writers' notes on a session. */
export const CONTEXT_FILE = 'context.md';
/** The mode of every file that a store writes. */
export const FILE_MODE = '100644';

/** A transcript as blobs, before its files have names. */
export interface TranscriptBlobs {
  readonly pieces: readonly ObjectId[];
  readonly contentHash: ObjectId;
}

/** The files of a session write that are the same wherever they go: stored as blobs, not yet in any tree. */
export interface SessionBlobs {
  readonly metadata: ObjectId;
  readonly prompt: ObjectId | undefined;
  readonly context: ObjectId | undefined;
  readonly transcript: TranscriptBlobs | undefined;
  /** By path below the session's folder. */
  readonly task: ReadonlyMap<string, ObjectId>;
}

/** What goes to a session's folder in a generation, or in V1 beside its metadata. */
export interface FullFiles {
  readonly transcript: TranscriptBlobs | undefined;
  /** By path below the session's folder. */
  readonly task: ReadonlyMap<string, ObjectId>;
  /** Whether a transcript that is there goes, also where no new one comes. */
  readonly replaces: boolean;
}

/** What a session write puts beside the metadata. */
export function fullFilesOf(write: SessionWrite, blobs: SessionBlobs): FullFiles {
  const replaces = replacesSession(write) && write.keepsTranscript !== true;
  return { transcript: blobs.transcript, task: blobs.task, replaces };
}

/**
 * Stores what a session write holds. Blobs are stored before any ref is looked at: a retry does not store them again, and a
 * large transcript is in memory one piece at a time.
 */
export async function storeSession(repo: Repository, write: SessionWrite): Promise<SessionBlobs> {
  const transcript = write.transcript && (await storeTranscript(repo, write.transcript));
  const task = write.task === undefined ? new Map<string, ObjectId>() : await storeTask(repo, write.task);
  const writer = repo.objectWriter();
  const text = (content: string | undefined) =>
    content === undefined ? undefined : writer.add('blob', Buffer.from(content, 'utf8'));
  const blobs = {
    metadata: writer.add('blob', sessionMetadataJson(write)),
    prompt: text(promptText(write.prompts)),
    context: text(write.context),
    transcript,
    task,
  };
  await writer.flush();
  return blobs;
}

/** The content of `prompt.txt`; `undefined` where there are no prompts, and so no such file. */
export function promptText(prompts: readonly string[] | undefined): string | undefined {
  return prompts === undefined || prompts.length === 0 ? undefined : prompts.join(PROMPT_SEPARATOR);
}

/** Stores a transcript in pieces of at most 50 MiB, and its content hash. */
export async function storeTranscript(repo: Repository, source: TranscriptSource): Promise<TranscriptBlobs> {
  const pieces: ObjectId[] = [];
  const { contentHash } = await chunkTranscript(source(), async (piece) => {
    pieces.push(await storeBlob(repo, piece));
  });
  return { pieces, contentHash: await storeBlob(repo, Buffer.from(contentHash, 'utf8')) };
}

async function storeBlob(repo: Repository, content: Buffer): Promise<ObjectId> {
  const writer = repo.objectWriter();
  const id = writer.add('blob', content);
  await writer.flush();
  return id;
}

async function storeTask(repo: Repository, task: TaskWrite): Promise<Map<string, ObjectId>> {
  const folder = `${TASKS_FOLDER}/${task.toolUseId}`;
  const files = new Map<string, ObjectId>();
  if (task.incremental !== undefined) {
    const number = String(task.incremental.sequence).padStart(3, '0');
    const path = `${folder}/checkpoints/${number}-${task.toolUseId}.json`;
    files.set(path, await storeBlob(repo, prettyJson(task.incremental.checkpoint)));
  }
  if (task.final !== undefined) {
    files.set(`${folder}/checkpoint.json`, await storeBlob(repo, prettyJson(task.final.checkpoint)));
    if (task.final.transcript !== undefined && task.agentId !== undefined) {
      const { pieces } = await storeTranscript(repo, task.final.transcript);
      pieces.forEach((piece, i) => {
        files.set(pieceName(`${folder}/agent-${task.agentId}.jsonl`, i), piece);
      });
    }
  }
  return files;
}

/** The name of the nth piece of a transcript: the first has the plain name, the next ones `.001`, `.002` … */
function pieceName(name: string, index: number): string {
  return index === 0 ? name : `${name}.${String(index).padStart(3, '0')}`;
}

/** The edits that replace a session's transcript, whatever names and number of pieces the old one had. */
export function transcriptEdits(
  folder: string,
  entries: readonly TreeEntry[],
  transcript: TranscriptBlobs,
  names: TranscriptNames,
): Map<string, TreeEdit> {
  const edits = new Map<string, TreeEdit>();
  const files = entries.filter(({ mode }) => !isTreeMode(mode)).map(({ name }) => name);
  for (const known of TRANSCRIPT_NAMES) {
    const pieces = pieceNames(files, known.transcript);
    for (const name of [...pieces, known.contentHash]) if (files.includes(name)) edits.set(`${folder}/${name}`, null);
  }
  transcript.pieces.forEach((id, i) => {
    edits.set(`${folder}/${pieceName(names.transcript, i)}`, { mode: FILE_MODE, id });
  });
  edits.set(`${folder}/${names.contentHash}`, { mode: FILE_MODE, id: transcript.contentHash });
  return edits;
}

/** The files that a write replaces on a layout: metadata and prompts, or transcripts; what it does not know stays. */
function isMetadataFile({ name, mode }: TreeEntry): boolean {
  return !isTreeMode(mode) && (name === METADATA_FILE || name === PROMPT_FILE || name === CONTEXT_FILE);
}

/** The files of a session folder that hold its transcript, under any of the known names. */
function isTranscriptFile({ name, mode }: TreeEntry): boolean {
  return !isTreeMode(mode) && isFullSessionFile(plainPath(name));
}

/** The edits that put a write's metadata, prompts and context into a session's folder. */
export function metadataEdits(
  folder: string,
  entries: readonly TreeEntry[],
  blobs: SessionBlobs,
  replaces: boolean,
): Map<string, TreeEdit> {
  const edits = new Map<string, TreeEdit>();
  for (const entry of entries) if (replaces && isMetadataFile(entry)) edits.set(`${folder}/${entry.name}`, null);
  const files = { [METADATA_FILE]: blobs.metadata, [PROMPT_FILE]: blobs.prompt, [CONTEXT_FILE]: blobs.context };
  for (const [name, id] of Object.entries(files)) {
    if (id !== undefined) edits.set(`${folder}/${name}`, { mode: FILE_MODE, id });
  }
  return edits;
}

/** The edits that put a write's transcript and task files into a session's folder. */
export function fullEdits(
  folder: string,
  entries: readonly TreeEntry[],
  files: FullFiles,
  names: TranscriptNames,
): Map<string, TreeEdit> {
  const edits = new Map<string, TreeEdit>();
  for (const entry of entries)
    if (files.replaces && isTranscriptFile(entry)) edits.set(`${folder}/${entry.name}`, null);
  for (const [path, id] of files.task) edits.set(`${folder}/${path}`, { mode: FILE_MODE, id });
  if (files.transcript === undefined) return edits;
  return new Map([...edits, ...transcriptEdits(folder, entries, files.transcript, names)]);
}
