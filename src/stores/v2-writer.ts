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
import { type CommitMaker, GenerationWriter, type GenerationWriterOptions } from '../generations/generation-writer.ts';
import { serializeCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectWriter, RefUpdate, Repository } from '../git/repository.ts';
import { retryOnConflict } from '../git/retry.ts';
import { editTree, type TreeEdit } from '../git/tree-editor.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import { V2_MAIN_REF } from '../layout/ref-names.ts';
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
  type FullFiles,
  fullFilesOf,
  hasAfter,
  metadataEdits,
  promptText,
  storeSession,
  storeTranscript,
} from './session-files.ts';
import type { WriteResult } from './write-result.ts';

/** Attempts of one write: with eight busy writers a handful is usual. */
const ATTEMPTS = 200;

/** The state of V2 that one attempt starts from. */
interface Attempt {
  readonly main: CheckpointFolders;
  readonly writer: ObjectWriter;
}

/** What an attempt makes of it. */
interface Change {
  readonly session: string;
  /** On `main`. */
  readonly edits: ReadonlyMap<string, TreeEdit>;
  /** What goes to a generation; absent where none is touched. */
  readonly full?: { readonly generations: GenerationWriter; readonly files: FullFiles };
  readonly message: string;
}

/**
 * Writes checkpoints to V2 alone (`checkpoints_version: 2`): metadata and prompts to `main`, transcripts and tasks to the
 * generation that holds the checkpoint, else to `full/current`. All refs of a write move in one transaction with their old
 * values compared; where somebody else was faster it reads again. It costs the trees on its path and one generation's,
 * however many checkpoints there are. Where V1 is written as well, V2 is its projection, and nothing is written here.
 */
export class V2Writer implements CheckpointWriter {
  readonly #repo: Repository;
  readonly #author: Author;
  readonly #options: GenerationWriterOptions;

  constructor(repo: Repository, author: Author, options: GenerationWriterOptions) {
    this.#repo = repo;
    this.#author = author;
    this.#options = options;
  }

  /** Writes a session to a checkpoint: into the folder that has it, found by the session ID, else into the next one. */
  async writeCommitted(write: SessionWrite): Promise<WriteResult> {
    assertSessionWrite(write);
    const id = write.checkpointId;
    const blobs = await storeSession(this.#repo, write);
    return this.#update(id, async ({ main, writer }) => {
      const sessions = await knownSessions(main, id);
      const known = await main.entries(id);
      const generations = await GenerationWriter.open(this.#repo, writer, this.#options);
      const full = await generations.entries(id, known === undefined);
      const taken = [...(known ?? []), ...full].map(({ name }) => name);
      const session = findSession(sessions, write.sessionId)?.name ?? nextNumber(taken);
      assertOwnFolder(sessions, session, write.sessionId, id);
      const folder = `${shardPath(id)}/${session}`;
      const entries = (await main.entries(id, session)) ?? [];
      const edits = metadataEdits(folder, entries, blobs, replacesSession(write));
      const paths = summaryPaths(folder, (name) => hasAfter(folder, entries, edits, name));
      const written = parseSessionMetadata(sessionMetadataJson(write));
      const summary = await summaryAfter(main, id, sessions, { name: session, written, paths }, summaryPaths);
      edits.set(`${shardPath(id)}/${METADATA_FILE}`, { mode: FILE_MODE, id: writer.add('blob', summary) });
      const files = fullFilesOf(write, blobs);
      return { session, edits, full: { generations, files }, message: writeMessage(write, session) };
    });
  }

  /** Replaces the transcript of a session in whichever generation holds it, and its prompts. */
  async updateCommitted(write: SessionFinalize): Promise<WriteResult> {
    const id = assertWriteIds(write);
    const transcript = write.transcript && (await storeTranscript(this.#repo, write.transcript));
    const prompts = promptText(write.prompts);
    return this.#update(id, async ({ main, writer }) => {
      const session = requireSession(await knownSessions(main, id), id, write.sessionId).name;
      const folder = `${shardPath(id)}/${session}`;
      const edits = new Map<string, TreeEdit>();
      if (prompts !== undefined) {
        edits.set(`${folder}/${PROMPT_FILE}`, {
          mode: FILE_MODE,
          id: writer.add('blob', Buffer.from(prompts, 'utf8')),
        });
      }
      const entries = (await main.entries(id, session)) ?? [];
      const paths = summaryPaths(folder, (name) => hasAfter(folder, entries, edits, name));
      const summary = summaryListing(await main.fileToEdit(id, METADATA_FILE), paths);
      if (summary !== undefined) {
        edits.set(`${shardPath(id)}/${METADATA_FILE}`, { mode: FILE_MODE, id: writer.add('blob', summary) });
      }
      const message = finalizeMessage(id);
      if (transcript === undefined) return { session, edits, message };
      const generations = await GenerationWriter.open(this.#repo, writer, this.#options);
      const files = { transcript, task: new Map<string, ObjectId>(), replaces: false };
      return { session, edits, full: { generations, files }, message };
    });
  }

  /** Puts a generated summary into a session's metadata, in place. */
  async updateSummary(write: SummaryWrite): Promise<WriteResult> {
    const id = assertWriteIds(write);
    return this.#update(id, async ({ main, writer }) => {
      const session = requireSession(await knownSessions(main, id), id, write.sessionId);
      const content = metadataWithSummary(session.content ?? Buffer.from('{}\n'), write.summary);
      const edits = new Map([[metadataPath(id, session.name), { mode: FILE_MODE, id: writer.add('blob', content) }]]);
      const message = summaryMessage(id, session.metadata?.session_id ?? session.name);
      return { session: session.name, edits, message };
    });
  }

  #update(checkpointId: CheckpointId, build: (attempt: Attempt) => Promise<Change>): Promise<WriteResult> {
    const attempt = async (): Promise<WriteResult> => {
      const writer = this.#repo.objectWriter();
      const old = (await this.#repo.resolveRef(V2_MAIN_REF)) ?? null;
      const main = await CheckpointFolders.at(this.#repo, old);
      const change = await build({ main, writer });
      const tree = await editTree(this.#repo, writer, main.root, change.edits);
      const commit = this.#commit(writer, tree, old === null ? [] : [old], change.message);
      const refs: RefUpdate[] = [{ ref: V2_MAIN_REF, old, new: commit }];
      if (change.full !== undefined) {
        await writer.flush(); // a rotation reads the times of all sessions, that of this write as well
        const makeCommit: CommitMaker = (fullTree, parents) => this.#commit(writer, fullTree, parents, change.message);
        const { generations, files } = change.full;
        const after = new CheckpointFolders(this.#repo, tree);
        refs.unshift(...(await generations.put(checkpointId, change.session, files, after, makeCommit)));
      }
      await writer.flush();
      await this.#repo.updateRefs(refs, change.message.split('\n')[0] ?? '');
      return { checkpointId, session: change.session, commit, refs };
    };
    return retryOnConflict(attempt, { attempts: ATTEMPTS });
  }

  #commit(writer: ObjectWriter, tree: ObjectId, parents: readonly ObjectId[], message: string): ObjectId {
    const identity = identityLine(this.#author);
    const headers = [`author ${identity}`, `committer ${identity}`];
    const text = Buffer.from(message, 'utf8').toString('latin1');
    return writer.add('commit', serializeCommit({ tree, parents, headers, message: text }));
  }
}

/** A session's entry in the summary on `main`, which tells nothing of transcripts. */
function summaryPaths(folder: string, has: (name: string) => boolean): SummarySession {
  const path = (name: string) => (has(name) ? `/${folder}/${name}` : undefined);
  return { metadata: `/${folder}/${METADATA_FILE}`, context: path(CONTEXT_FILE), prompt: path(PROMPT_FILE) ?? '' };
}
