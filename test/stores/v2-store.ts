import { type CheckpointId, shardPath } from '../../src/checkpoint/checkpoint-id.ts';
import type { CheckpointSummary, SessionMetadata } from '../../src/checkpoint/metadata.ts';
import type { Ref, Repository } from '../../src/git/repository.ts';
import { CheckpointFolders } from '../../src/layout/checkpoint-folders.ts';
import { CURRENT_REF, FULL_PREFIX, generationNumber, MAIN_REF } from '../../src/layout/ref-names.ts';
import type { StoredTranscript } from '../../src/layout/transcript-reader.ts';
import { findTranscript } from '../../src/layout/transcript-reader.ts';
import { type CheckpointReader, promptsIn, type StoredJson, sessionIn, summaryIn } from './checkpoint-reader.ts';

/**
 * Checkpoints on the V2 refs: metadata and prompts on `main`, transcripts in the generations. Each call reads the refs where
 * they are at that moment.
 */
export class V2Store implements CheckpointReader {
  readonly layout = 'v2';
  readonly #repo: Repository;

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  async listCheckpoints(): Promise<CheckpointId[]> {
    return (await this.#main())?.list() ?? [];
  }

  async readSummary(id: CheckpointId): Promise<StoredJson<CheckpointSummary> | undefined> {
    const main = await this.#main();
    return main && summaryIn(main, id);
  }

  async listSessions(id: CheckpointId): Promise<string[]> {
    return (await this.#main())?.sessions(id) ?? [];
  }

  async readSession(id: CheckpointId, session: string): Promise<StoredJson<SessionMetadata> | undefined> {
    const main = await this.#main();
    return main && sessionIn(main, id, session);
  }

  async readPrompts(id: CheckpointId, session: string): Promise<string[] | undefined> {
    const main = await this.#main();
    return main && promptsIn(main, id, session);
  }

  /**
   * The transcript of a session: from `full/current`, else from the archives, the newest first, else from the history of
   * `full/current`, where a writer in `replace` mode leaves it.
   */
  async readTranscript(id: CheckpointId, session: string): Promise<StoredTranscript | undefined> {
    for await (const ref of this.#generations()) {
      const entries = await (await CheckpointFolders.ofCommit(this.#repo, ref.id)).entries(id, session);
      const folder = `${shardPath(id)}/${session}`;
      const transcript = entries && (await findTranscript(this.#repo, ref.name, folder, entries));
      if (transcript !== undefined) return transcript;
    }
    return undefined;
  }

  async *#generations(): AsyncIterable<Ref> {
    const refs = await this.#repo.listRefs(FULL_PREFIX);
    const current = refs.find(({ name }) => name === CURRENT_REF);
    if (current !== undefined) yield current;
    const archives = refs.filter(({ name }) => generationNumber(name) !== undefined);
    yield* archives.sort((a, b) => (generationNumber(b.name) ?? 0) - (generationNumber(a.name) ?? 0));
    if (current === undefined) return;
    const history = await this.#repo.walk({ tips: [current.id] });
    for (const { id } of history.reverse().slice(1)) yield { name: CURRENT_REF, id };
  }

  async #main(): Promise<CheckpointFolders | undefined> {
    const id = await this.#repo.resolveRef(MAIN_REF);
    return id === undefined ? undefined : CheckpointFolders.ofCommit(this.#repo, id);
  }
}
