import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAt, parseCreatedAt } from '../checkpoint/created-at.ts';
import { isFullSessionFile, METADATA_FILE, PROMPT_FILE, TASKS_FOLDER } from '../checkpoint/files.ts';
import { isOddTime } from '../checkpoint/odd-time.ts';
import type { Oddity, OddityCode } from '../checkpoint/oddity.ts';
import { folderKindIn } from '../checkpoint/roles.ts';
import { batches } from '../git/batches.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';
import { baseName, readPlainCheckpoints } from './checkpoint-view.ts';
import { absentFiles, type DescribedCheckpoint, describeCheckpoints } from './describe-checkpoints.ts';
import type { FileEntry, SessionView } from './layout.ts';

/** One session folder of a V1 checkpoint. */
export interface SessionFacts {
  /** The folder's name: a number, but not an index. */
  readonly name: string;
  readonly sessionId: string | undefined;
  readonly createdAt: CreatedAt | undefined;
  readonly hasTranscript: boolean;
}

/** What a survey says of one V1 checkpoint. Sessions are in the order of their numbers. */
export interface CheckpointSurvey {
  readonly id: CheckpointId;
  readonly sessions: readonly SessionFacts[];
}

/** What a survey says of a set of V1 checkpoints. */
export interface BranchSurvey {
  readonly checkpoints: ReadonlyMap<CheckpointId, CheckpointSurvey>;
  readonly oddities: readonly Oddity[];
  /** Summaries and session metadata that are absent from the repository: their paths, by the ids of the blobs. */
  readonly absentMetadata: ReadonlyMap<ObjectId, string>;
}

/**
 * Looks at the metadata of V1 checkpoints: their sessions, when these were made, and what is unusual. `checkpoints` gives the
 * id of each one's folder. Reads trees, summaries and session metadata, never a transcript; that the other blobs exist is
 * asked without reading them, unless `checkBlobs` is false. Trees that `memory` has are taken from there.
 */
export async function surveyBranch(
  repo: Repository,
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
  options: { checkBlobs?: boolean; memory?: TreeMemory; onProgress?: (done: number) => void } = {},
): Promise<BranchSurvey> {
  const facts = new Map<CheckpointId, CheckpointSurvey>();
  const oddities: Oddity[] = [];
  const absentMetadata = new Map<ObjectId, string>();
  for (const batch of batches(checkpoints)) {
    const views = await readPlainCheckpoints(repo, batch, options.memory);
    const described = await describeCheckpoints(repo, views);
    const absent = options.checkBlobs === false ? new Map() : await absentFiles(repo, views);
    for (const one of described) {
      const { id, sessions, oddities: found } = surveyCheckpoint(one, absent.get(one.checkpoint) ?? []);
      facts.set(id, { id, sessions });
      for (const oddity of found) oddities.push(oddity);
      for (const [blob, path] of one.absentMetadata) absentMetadata.set(blob, `${shardPath(id)}/${path}`);
    }
    options.onProgress?.(facts.size);
  }
  return { checkpoints: facts, oddities, absentMetadata };
}

/** Surveys of different checkpoints as one. */
export function joinSurveys(surveys: readonly BranchSurvey[]): BranchSurvey {
  return {
    checkpoints: new Map(surveys.flatMap(({ checkpoints }) => [...checkpoints])),
    oddities: surveys.flatMap(({ oddities }) => oddities),
    absentMetadata: new Map(surveys.flatMap(({ absentMetadata }) => [...absentMetadata])),
  };
}

/** What the files and the metadata of one checkpoint say. `absent` has the paths of files that are absent. */
export function surveyCheckpoint(
  checkpoint: DescribedCheckpoint,
  absent: readonly string[],
): CheckpointSurvey & { readonly oddities: readonly Oddity[] } {
  return new SurveyedCheckpoint(checkpoint, absent);
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

/** One checkpoint looked at: turns what was read into facts and oddities. */
class SurveyedCheckpoint implements CheckpointSurvey {
  readonly id: CheckpointId;
  readonly sessions: readonly SessionFacts[];
  readonly oddities: Oddity[] = [];
  readonly #checkpoint: DescribedCheckpoint;
  readonly #rootFiles: readonly FileEntry[];
  readonly #sessionsByName: ReadonlyMap<string, SessionView>;
  /** The names in the checkpoint's folder (`undefined`), and in sessions by their names, as far as they were asked for. */
  readonly #names = new Map<string | undefined, ReadonlySet<string>>();

  constructor(described: DescribedCheckpoint, absent: readonly string[]) {
    const { id, files, sessions } = described.checkpoint;
    this.id = id;
    this.#checkpoint = described;
    this.#sessionsByName = new Map(sessions.map((session) => [session.name, session]));
    this.#rootFiles = files.filter(({ path }) => !path.includes('/'));
    this.sessions = sessions.map((session) => this.#session(session));
    this.#lookAtNumbers();
    this.#lookAtSummary();
    for (const path of absent) this.#note('V1_ABSENT_BLOB', path);
  }

  #session({ name, files, transcript }: SessionView): SessionFacts {
    if (transcript === undefined) this.#note('V1_NO_TRANSCRIPT', name);
    else if (transcript.hash === undefined) this.#note('V1_NO_CONTENT_HASH', name);
    if (!files.some(({ role }) => role === 'metadata')) this.#note('V1_NO_METADATA', name);
    const metadata = this.#checkpoint.metadata.get(name);
    if (metadata !== undefined && 'error' in metadata) {
      this.#note('V1_BAD_METADATA', `${name}/${METADATA_FILE}`, metadata.error);
    }
    const fields = metadata !== undefined && 'value' in metadata ? metadata.value : undefined;
    const createdAt = parseCreatedAt(fields?.created_at);
    if (fields !== undefined && createdAt === undefined) this.#note('V1_NO_TIME', `${name}/${METADATA_FILE}`);
    if (createdAt !== undefined && isOddTime(createdAt.instant)) {
      this.#note('V1_ODD_TIME', `${name}/${METADATA_FILE}`, createdAt.text);
    }
    for (const file of files) {
      const isStrange = isTreeMode(file.mode) ? isSessionFile(baseName(file)) : baseName(file) === TASKS_FOLDER;
      if (isStrange) this.#note('V1_STRANGE_PATH', file.path);
    }
    return { name, sessionId: fields?.session_id, createdAt, hasTranscript: transcript !== undefined };
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
    for (const { path, mode } of this.#rootFiles) {
      const isStrange = isTreeMode(mode) ? path === METADATA_FILE : folderKindIn('checkpoint', path) !== 'other';
      if (isStrange) this.#note('V1_STRANGE_PATH', path);
    }
  }

  #lookAtSummary(): void {
    if (!this.#rootFiles.some(({ role }) => role === 'summary')) this.#note('V1_NO_SUMMARY', '');
    const { summary } = this.#checkpoint;
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
    const session = this.#sessionsByName.get(name);
    if (session === undefined && !this.#namesIn(undefined, this.#rootFiles).has(name)) return false;
    // Deeper than this, or in another folder, nothing was read: not known to be wrong.
    return second === undefined || session === undefined || this.#namesIn(name, session.files).has(toEntryName(second));
  }

  #namesIn(folder: string | undefined, files: readonly FileEntry[]): ReadonlySet<string> {
    const names = this.#names.get(folder) ?? new Set(files.map(baseName));
    this.#names.set(folder, names);
    return names;
  }

  #note(code: OddityCode, path: string, detail?: string): void {
    const place = `${shardPath(this.id)}${path === '' ? '' : `/${path}`}`;
    this.oddities.push({ code, checkpoint: this.id, path: place, ...(detail === undefined ? {} : { detail }) });
  }
}
