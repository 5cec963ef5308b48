import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAt, parseCreatedAt } from '../checkpoint/created-at.ts';
import {
  isFullSessionFile,
  isSessionFolderName,
  METADATA_FILE,
  PROMPT_FILE,
  TASKS_FOLDER,
} from '../checkpoint/files.ts';
import type { Oddity, OddityCode } from '../checkpoint/oddity.ts';
import { TRANSCRIPT_NAMES, transcriptPieces } from '../checkpoint/transcript.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';
import { type CheckpointFolder, findFile, readCheckpointFolders, type SessionFolder } from './survey-folders.ts';

/** One session folder of a V1 checkpoint. */
export interface SessionFacts {
  /** The folder's name: a number, but not an index. */
  readonly name: string;
  readonly sessionId: string | undefined;
  readonly createdAt: CreatedAt | undefined;
  readonly hasTranscript: boolean;
}

/** What a survey tells of one V1 checkpoint. Sessions are in the order of their numbers. */
export interface CheckpointFacts {
  readonly id: CheckpointId;
  readonly sessions: readonly SessionFacts[];
}

/** What a survey tells of a set of V1 checkpoints. */
export interface V1Survey {
  readonly checkpoints: ReadonlyMap<CheckpointId, CheckpointFacts>;
  readonly oddities: readonly Oddity[];
  /** Summaries and session metadata that are absent from the repository: their paths, by the ids of the blobs. */
  readonly absentMetadata: ReadonlyMap<ObjectId, string>;
}

/** Checkpoints surveyed at a time; bounds what is held in memory. */
const BATCH = 1000;

/**
 * Looks at the metadata of V1 checkpoints: their sessions, when these were made, and what is unusual. `checkpoints` gives the
 * id of each one's folder. Reads trees, summaries and session metadata, never a transcript; that the other blobs exist is
 * asked without reading them, unless `checkBlobs` is false. Trees that `memory` has are taken from there.
 */
export async function surveyV1(
  repo: Repository,
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
  options: { checkBlobs?: boolean; memory?: TreeMemory; onProgress?: (done: number) => void } = {},
): Promise<V1Survey> {
  const facts = new Map<CheckpointId, CheckpointFacts>();
  const oddities: Oddity[] = [];
  const absentMetadata = new Map<ObjectId, string>();
  const all = [...checkpoints];
  for (let at = 0; at < all.length; at += BATCH) {
    const folders = await readCheckpointFolders(repo, all.slice(at, at + BATCH), options);
    for (const survey of folders.map(surveyFolder)) {
      facts.set(survey.id, { id: survey.id, sessions: survey.sessions });
      for (const oddity of survey.oddities) oddities.push(oddity);
    }
    for (const { id, absentMetadata: absent } of folders) {
      for (const [blob, path] of absent) absentMetadata.set(blob, `${shardPath(id)}/${path}`);
    }
    options.onProgress?.(Math.min(at + BATCH, all.length));
  }
  return { checkpoints: facts, oddities, absentMetadata };
}

/** What the folders of one checkpoint tell, once they have been read. */
export function surveyFolder(folder: CheckpointFolder): CheckpointFacts & { readonly oddities: readonly Oddity[] } {
  return new SurveyedCheckpoint(folder);
}

/** True for the name of a file that every writer of sessions knows. */
function isSessionFile(name: string): boolean {
  return name === METADATA_FILE || name === PROMPT_FILE || isFullSessionFile(name);
}

/** Text as the name of a tree's entry, which has one character for each byte: the same where all are ASCII. */
function toEntryName(text: string): string {
  for (let i = 0; ; i++) {
    if (i === text.length) return text;
    if (text.charCodeAt(i) > 0x7f) break;
  }
  return Buffer.from(text, 'utf8').toString('latin1');
}

function hasEntry(entries: readonly TreeEntry[], name: string): boolean {
  return entries.some((entry) => entry.name === name);
}

/** One checkpoint looked at: turns what was read into facts and oddities. */
class SurveyedCheckpoint implements CheckpointFacts {
  readonly id: CheckpointId;
  readonly sessions: readonly SessionFacts[];
  readonly oddities: Oddity[] = [];
  readonly #folder: CheckpointFolder;

  constructor(folder: CheckpointFolder) {
    this.id = folder.id;
    this.#folder = folder;
    this.sessions = folder.sessions.map((session) => this.#session(session));
    this.#lookAtNumbers();
    this.#lookAtSummary();
    for (const path of folder.absent) this.#note('V1_ABSENT_BLOB', path);
  }

  #session({ name, entries, metadata }: SessionFolder): SessionFacts {
    const names = new Set(entries.filter(({ mode }) => !isTreeMode(mode)).map((entry) => entry.name));
    const found = TRANSCRIPT_NAMES.find(({ transcript }) => transcriptPieces(names, transcript).length > 0);
    if (found === undefined) this.#note('V1_NO_TRANSCRIPT', name);
    else if (!names.has(found.contentHash)) this.#note('V1_NO_CONTENT_HASH', name);
    if (findFile(entries, METADATA_FILE) === undefined) this.#note('V1_NO_METADATA', name);
    if (metadata !== undefined && 'error' in metadata) {
      this.#note('V1_BAD_METADATA', `${name}/${METADATA_FILE}`, metadata.error);
    }
    const fields = metadata !== undefined && 'value' in metadata ? metadata.value : undefined;
    const createdAt = parseCreatedAt(fields?.created_at);
    if (fields !== undefined && createdAt === undefined) this.#note('V1_NO_TIME', `${name}/${METADATA_FILE}`);
    for (const entry of entries) {
      const isStrange = isTreeMode(entry.mode) ? isSessionFile(entry.name) : entry.name === TASKS_FOLDER;
      if (isStrange) this.#note('V1_STRANGE_PATH', `${name}/${entry.name}`);
    }
    return { name, sessionId: fields?.session_id, createdAt, hasTranscript: found !== undefined };
  }

  #lookAtNumbers(): void {
    if (this.sessions.some(({ name }, i) => Number(name) !== i)) {
      this.#note('V1_SESSION_GAP', '', this.sessions.map(({ name }) => name).join(', '));
    }
    const seen = new Map<string, string>();
    for (const { name, sessionId } of this.sessions) {
      if (sessionId === undefined) continue;
      const other = seen.get(sessionId);
      if (other === undefined) seen.set(sessionId, name);
      else this.#note('V1_DUPLICATE_SESSION', name, `session ${sessionId} is also in ${other}`);
    }
    for (const entry of this.#folder.entries) {
      const isFolderName = isSessionFolderName(entry.name) || entry.name === TASKS_FOLDER;
      const isStrange = isTreeMode(entry.mode) ? entry.name === METADATA_FILE : isFolderName;
      if (isStrange) this.#note('V1_STRANGE_PATH', entry.name);
    }
  }

  #lookAtSummary(): void {
    if (findFile(this.#folder.entries, METADATA_FILE) === undefined) this.#note('V1_NO_SUMMARY', '');
    const { summary } = this.#folder;
    if (summary === undefined) return;
    if ('error' in summary) {
      this.#note('V1_BAD_SUMMARY', METADATA_FILE, summary.error);
      return;
    }
    const listed = summary.value.sessions ?? [];
    if (this.sessions.length > listed.length) {
      this.#note('V1_UNLISTED_SESSION', '', `${this.sessions.length} folders, ${listed.length} listed`);
    }
    for (const session of listed) {
      for (const path of Object.values(session)) {
        if (typeof path === 'string' && path !== '' && !this.#exists(path)) {
          this.#note('V1_DANGLING_PATH', METADATA_FILE, path);
        }
      }
    }
  }

  /** True where a path of the summary, which starts at the tree's root with a slash, names a file of this checkpoint. */
  #exists(path: string): boolean {
    const root = `/${shardPath(this.id)}/`;
    if (!path.startsWith(root)) return false;
    const [first = '', second] = path.slice(root.length).split('/', 2);
    const name = toEntryName(first);
    if (!hasEntry(this.#folder.entries, name)) return false;
    const session = this.#folder.sessions.find((folder) => folder.name === name);
    // Deeper than this, or in another folder, nothing was read: not known to be wrong.
    return second === undefined || session === undefined || hasEntry(session.entries, toEntryName(second));
  }

  #note(code: OddityCode, path: string, detail?: string): void {
    const place = `${shardPath(this.id)}${path === '' ? '' : `/${path}`}`;
    this.oddities.push({ code, checkpoint: this.id, path: place, ...(detail === undefined ? {} : { detail }) });
  }
}
