import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { shardPath } from '../../src/checkpoint/checkpoint-id.ts';
import type { CheckpointSummary, SessionMetadata } from '../../src/checkpoint/metadata.ts';
import type { Ref, Repository } from '../../src/git/repository.ts';
import { CheckpointFolders } from '../../src/layout/checkpoint-folders.ts';
import { BRANCH_REF, REMOTE_BRANCH_REF } from '../../src/layout/ref-names.ts';
import type { StoredTranscript } from '../../src/layout/transcript-reader.ts';
import { findTranscript } from '../../src/layout/transcript-reader.ts';
import { type CheckpointReader, promptsIn, type StoredJson, sessionIn, summaryIn } from './checkpoint-reader.ts';

/**
 * Checkpoints on the V1 branch: one tree holds everything. Without a local branch the remote-tracking copy is read. Each call
 * reads the branch where it is at that moment.
 */
export class V1Store implements CheckpointReader {
  readonly layout = 'v1';
  readonly #repo: Repository;

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  async listCheckpoints(): Promise<CheckpointId[]> {
    return (await this.#open())?.folders.list() ?? [];
  }

  async readSummary(id: CheckpointId): Promise<StoredJson<CheckpointSummary> | undefined> {
    const open = await this.#open();
    return open && summaryIn(open.folders, id);
  }

  async listSessions(id: CheckpointId): Promise<string[]> {
    return (await this.#open())?.folders.sessions(id) ?? [];
  }

  async readSession(id: CheckpointId, session: string): Promise<StoredJson<SessionMetadata> | undefined> {
    const open = await this.#open();
    return open && sessionIn(open.folders, id, session);
  }

  async readPrompts(id: CheckpointId, session: string): Promise<string[] | undefined> {
    const open = await this.#open();
    return open && promptsIn(open.folders, id, session);
  }

  async readTranscript(id: CheckpointId, session: string): Promise<StoredTranscript | undefined> {
    const open = await this.#open();
    const entries = await open?.folders.entries(id, session);
    if (open === undefined || entries === undefined) return undefined;
    return findTranscript(this.#repo, open.ref.name, `${shardPath(id)}/${session}`, entries);
  }

  async #open(): Promise<{ ref: Ref; folders: CheckpointFolders } | undefined> {
    const refs = await this.#repo.listRefs(BRANCH_REF, REMOTE_BRANCH_REF);
    const ref = refs.find(({ name }) => name === BRANCH_REF) ?? refs.find(({ name }) => name === REMOTE_BRANCH_REF);
    return ref && { ref, folders: await CheckpointFolders.ofCommit(this.#repo, ref.id) };
  }
}
