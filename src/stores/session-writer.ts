import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE, nextSession, PROMPT_FILE } from '../checkpoint/files.ts';
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
import { executePlan } from '../git/execute-plan.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { RefUpdate, Repository } from '../git/repository.ts';
import { type Author, identityLine } from './author.ts';
import { CheckpointDraft, type DraftOptions } from './checkpoint-draft.ts';
import { assertOwnFolder, findSession, knownSessions, requireSession, summaryAfter } from './checkpoint-edit.ts';
import {
  fullEdits,
  fullFilesOf,
  metadataEdits,
  promptText,
  storeSession,
  storeTranscript,
  transcriptEdits,
} from './session-files.ts';

/** What a write did. */
export interface WriteResult {
  readonly checkpointId: CheckpointId;
  /** The name of the session's folder. */
  readonly session: string;
  /** The commit that is now at the ref with the checkpoint's metadata. */
  readonly commit: ObjectId;
  /** The refs that moved. */
  readonly refs: readonly RefUpdate[];
}

/** What an attempt makes of a checkpoint. */
interface Change {
  readonly session: string;
  readonly message: string;
}

/**
 * Writes sessions to checkpoints, in whichever layout: that says where each file lies. Each write reads the refs, builds its
 * commits on top, and moves all refs in one transaction that compares their old values; where somebody else was faster it
 * reads again. It costs the trees on its path, and of one generation, however many checkpoints there are.
 */
export class SessionWriter {
  readonly #repo: Repository;
  readonly #author: Author;
  readonly #options: DraftOptions;

  constructor(repo: Repository, author: Author, options: DraftOptions) {
    this.#repo = repo;
    this.#author = author;
    this.#options = options;
  }

  /**
   * Writes a session to a checkpoint: into the folder that has it, found by the session ID, else into the next one. What the
   * folder holds besides what a write replaces (tasks, files of other writers) stays.
   */
  async writeCommitted(write: SessionWrite): Promise<WriteResult> {
    assertSessionWrite(write);
    const id = write.checkpointId;
    const blobs = await storeSession(this.#repo, write);
    return this.#update(id, async (draft) => {
      const sessions = await knownSessions(draft);
      const session = findSession(sessions, write.sessionId)?.name ?? nextSession(await draft.names());
      assertOwnFolder(sessions, session, write.sessionId, id);
      const entries = await draft.entries(session);
      draft.edit(metadataEdits(session, entries, blobs, replacesSession(write)));
      const files = fullFilesOf(write, blobs);
      draft.edit(fullEdits(session, entries, files, await draft.transcriptNames(session)));
      draft.write(METADATA_FILE, await summaryAfter(draft, sessions, session, sessionMetadataJson(write)));
      draft.startGeneration();
      return { session, message: writeMessage(write, session) };
    });
  }

  /** Replaces the transcript and the prompts of a session by the complete ones. Throws where the session is not there. */
  async updateCommitted(write: SessionFinalize): Promise<WriteResult> {
    const id = assertWriteIds(write);
    const transcript = write.transcript && (await storeTranscript(this.#repo, write.transcript));
    const prompts = promptText(write.prompts);
    return this.#update(id, async (draft) => {
      const session = requireSession(await knownSessions(draft), id, write.sessionId).name;
      if (transcript !== undefined) {
        const entries = await draft.entries(session);
        draft.edit(transcriptEdits(session, entries, transcript, await draft.transcriptNames(session)));
      }
      if (prompts !== undefined) draft.write(`${session}/${PROMPT_FILE}`, Buffer.from(prompts, 'utf8'));
      const summary = summaryListing(await draft.fileToEdit(METADATA_FILE), await draft.listed(session));
      if (summary !== undefined) draft.write(METADATA_FILE, summary);
      return { session, message: finalizeMessage(id) };
    });
  }

  /** Puts a generated summary into a session's metadata, in place. Throws where the session is not there. */
  async updateSummary(write: SummaryWrite): Promise<WriteResult> {
    const id = assertWriteIds(write);
    return this.#update(id, async (draft) => {
      const { name, content, metadata } = requireSession(await knownSessions(draft), id, write.sessionId);
      draft.write(`${name}/${METADATA_FILE}`, metadataWithSummary(content ?? Buffer.from('{}\n'), write.summary));
      return { session: name, message: summaryMessage(id, metadata?.session_id ?? name) };
    });
  }

  async #update(checkpointId: CheckpointId, change: (draft: CheckpointDraft) => Promise<Change>): Promise<WriteResult> {
    const makePlan = async () => {
      const draft = await CheckpointDraft.open(this.#repo, checkpointId, this.#options);
      const { session, message } = await change(draft);
      const { commit, refs } = await draft.commit(message, identityLine(this.#author));
      return { session, message, commit, writer: draft.writer, updates: refs };
    };
    const plan = await executePlan(this.#repo, makePlan, { message: ({ message }) => message.split('\n')[0] ?? '' });
    return { checkpointId, session: plan.session, commit: plan.commit, refs: plan.updates };
  }
}
