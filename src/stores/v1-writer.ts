import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE, PROMPT_FILE } from '../checkpoint/files.ts';
import { parseSessionMetadata, type SummarySession } from '../checkpoint/metadata.ts';
import {
  assertSessionWrite,
  assertWriteIds,
  finalizeMessage,
  replacesSession,
  type SessionFinalize,
  type SessionWrite,
  type SummaryWrite,
  sessionMetadataJson,
  summaryMessage,
  writeMessage,
} from '../checkpoint/session-write.ts';
import { metadataWithSummary, summaryListing } from '../checkpoint/summary-edit.ts';
import { TRANSCRIPT_NAMES } from '../checkpoint/transcript.ts';
import { serializeCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectWriter, Repository } from '../git/repository.ts';
import { retryOnConflict } from '../git/retry.ts';
import { editTree, type TreeEdit } from '../git/tree-editor.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import { V1_REF, V1_REMOTE_REF } from '../layout/ref-names.ts';
import { type Author, identityLine } from './author.ts';
import {
  assertOwnFolder,
  findSession,
  knownSessions,
  metadataPath,
  nextNumber,
  requireSession,
  summaryAfter,
} from './checkpoint-edit.ts';
import type { CheckpointWriter } from './dual-writer.ts';
import {
  CONTEXT_FILE,
  FILE_MODE,
  fullEdits,
  fullFilesOf,
  hasAfter,
  metadataEdits,
  promptText,
  storeSession,
  storeTranscript,
  transcriptEdits,
} from './session-files.ts';
import type { WriteResult } from './write-result.ts';

/** Attempts of one write: with eight busy writers a handful is usual. */
const ATTEMPTS = 200;
const NAMES = TRANSCRIPT_NAMES[0] ?? { transcript: 'full.jsonl', contentHash: 'content_hash.txt' };

/** The state of the branch that one attempt starts from. */
interface Attempt {
  readonly tip: ObjectId | null;
  /** The tip's tree; `null` before the first write. */
  readonly tree: ObjectId | null;
  readonly folders: CheckpointFolders;
  readonly writer: ObjectWriter;
}

/** What an attempt makes of it. */
interface Change {
  readonly session: string;
  readonly edits: ReadonlyMap<string, TreeEdit>;
  readonly message: string;
}

/**
 * Writes checkpoints to the V1 branch. Each write reads the branch, builds one commit on top, and moves the branch with its
 * old value compared; where somebody else was faster it reads again. It costs the trees on its path, however many
 * checkpoints there are.
 */
export class V1Writer implements CheckpointWriter {
  readonly #repo: Repository;
  readonly #author: Author;

  constructor(repo: Repository, author: Author) {
    this.#repo = repo;
    this.#author = author;
  }

  /**
   * Writes a session to a checkpoint: into the folder that has it, found by the session ID, else into the next one. What the
   * folder holds besides what a write replaces (tasks, files of other writers) stays.
   */
  async writeCommitted(write: SessionWrite): Promise<WriteResult> {
    assertSessionWrite(write);
    const blobs = await storeSession(this.#repo, write);
    return this.#update(write.checkpointId, async ({ folders, writer }) => {
      const id = write.checkpointId;
      const sessions = await knownSessions(folders, id);
      const found = findSession(sessions, write.sessionId);
      const taken = (await folders.entries(id)) ?? [];
      const session = found?.name ?? nextNumber(taken.map(({ name }) => name));
      assertOwnFolder(sessions, session, write.sessionId, id);
      const folder = `${shardPath(id)}/${session}`;
      const entries = (await folders.entries(id, session)) ?? [];
      const edits = new Map([
        ...metadataEdits(folder, entries, blobs, replacesSession(write)),
        ...fullEdits(folder, entries, fullFilesOf(write, blobs), NAMES),
      ]);
      const paths = summaryPaths(folder, (name) => hasAfter(folder, entries, edits, name));
      const written = parseSessionMetadata(sessionMetadataJson(write));
      const summary = await summaryAfter(folders, id, sessions, { name: session, written, paths }, summaryPaths);
      edits.set(`${shardPath(id)}/${METADATA_FILE}`, { mode: FILE_MODE, id: writer.add('blob', summary) });
      return { session, edits, message: writeMessage(write, session) };
    });
  }

  /** Replaces the transcript and the prompts of a session by the complete ones. Throws where the session is not there. */
  async updateCommitted(write: SessionFinalize): Promise<WriteResult> {
    const id = assertWriteIds(write);
    const transcript = write.transcript && (await storeTranscript(this.#repo, write.transcript));
    const prompts = promptText(write.prompts);
    return this.#update(id, async ({ folders, writer }) => {
      const sessions = await knownSessions(folders, id);
      const session = requireSession(sessions, id, write.sessionId).name;
      const folder = `${shardPath(id)}/${session}`;
      const entries = (await folders.entries(id, session)) ?? [];
      const edits = new Map(transcript === undefined ? [] : transcriptEdits(folder, entries, transcript, NAMES));
      if (prompts !== undefined) {
        edits.set(`${folder}/${PROMPT_FILE}`, {
          mode: FILE_MODE,
          id: writer.add('blob', Buffer.from(prompts, 'utf8')),
        });
      }
      const paths = summaryPaths(folder, (name) => hasAfter(folder, entries, edits, name));
      const summary = summaryListing(await folders.fileToEdit(id, METADATA_FILE), paths);
      if (summary !== undefined) {
        edits.set(`${shardPath(id)}/${METADATA_FILE}`, { mode: FILE_MODE, id: writer.add('blob', summary) });
      }
      return { session, edits, message: finalizeMessage(id) };
    });
  }

  /** Puts a generated summary into a session's metadata, in place. Throws where the session is not there. */
  async updateSummary(write: SummaryWrite): Promise<WriteResult> {
    const id = assertWriteIds(write);
    return this.#update(id, async ({ folders, writer }) => {
      const sessions = await knownSessions(folders, id);
      const session = requireSession(sessions, id, write.sessionId);
      const content = metadataWithSummary(session.content ?? Buffer.from('{}\n'), write.summary);
      const edits = new Map([[metadataPath(id, session.name), { mode: FILE_MODE, id: writer.add('blob', content) }]]);
      const message = summaryMessage(id, session.metadata?.session_id ?? session.name);
      return { session: session.name, edits, message };
    });
  }

  #update(checkpointId: CheckpointId, build: (attempt: Attempt) => Promise<Change>): Promise<WriteResult> {
    const attempt = async (): Promise<WriteResult> => {
      const writer = this.#repo.objectWriter();
      const { local, tip } = await this.#tip();
      const folders = await CheckpointFolders.at(this.#repo, tip);
      const change = await build({ tip, tree: folders.root, folders, writer });
      const tree = await editTree(this.#repo, writer, folders.root, change.edits);
      const parent = tip ?? this.#initialize(writer);
      const commit = writer.add('commit', this.#commit(tree, [parent], change.message));
      await writer.flush();
      const refs = [{ ref: V1_REF, old: local, new: commit }];
      await this.#repo.updateRefs(refs, change.message.split('\n')[0] ?? '');
      return { checkpointId, session: change.session, commit, refs };
    };
    return retryOnConflict(attempt, { attempts: ATTEMPTS });
  }

  /** Where to write on top of: the local branch, else what was fetched of it, so that the two do not grow apart. */
  async #tip(): Promise<{ local: ObjectId | null; tip: ObjectId | null }> {
    const refs = await this.#repo.listRefs(V1_REF, V1_REMOTE_REF);
    const local = refs.find(({ name }) => name === V1_REF)?.id ?? null;
    return { local, tip: local ?? refs.find(({ name }) => name === V1_REMOTE_REF)?.id ?? null };
  }

  /** The root of a new branch: an empty tree. */
  #initialize(writer: ObjectWriter): ObjectId {
    const tree = writer.add('tree', Buffer.alloc(0));
    return writer.add('commit', this.#commit(tree, [], 'Initialize metadata branch\n'));
  }

  #commit(tree: ObjectId, parents: ObjectId[], message: string): Buffer {
    const identity = identityLine(this.#author);
    const headers = [`author ${identity}`, `committer ${identity}`];
    return serializeCommit({ tree, parents, headers, message: Buffer.from(message, 'utf8').toString('latin1') });
  }
}

/** A session's entry in the summary. The prompt's path is empty where there is no prompt, as all writers do it. */
function summaryPaths(folder: string, has: (name: string) => boolean): SummarySession {
  const path = (name: string) => (has(name) ? `/${folder}/${name}` : undefined);
  return {
    metadata: `/${folder}/${METADATA_FILE}`,
    transcript: TRANSCRIPT_NAMES.map(({ transcript }) => path(transcript)).find((found) => found !== undefined),
    context: path(CONTEXT_FILE),
    content_hash: path(NAMES.contentHash),
    prompt: path(PROMPT_FILE) ?? '',
  };
}
