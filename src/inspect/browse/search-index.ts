import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { createdAtOfId, parseCreatedAt, spanOf } from '../../checkpoint/created-at.ts';
import { isOddTime } from '../../checkpoint/odd-time.ts';
import type { NamingCommits } from '../../commits/naming-commits.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';
import { tryObject } from '../../json/read.ts';
import { type Owners, openOwned } from '../list-checkpoints.ts';
import type { Searchable } from './search-query.ts';

/** Larger files are not looked into. */
const LARGEST = 8 * 1024 * 1024;
/** Characters of prompts that an index holds; those of further checkpoints are read by each search. */
const HELD = 32 * 1024 * 1024;

/** What is known of a checkpoint while its files are read. */
interface Draft {
  readonly id: CheckpointId;
  readonly branches: Set<string>;
  readonly agents: Set<string>;
  readonly files: Set<string>;
  readonly times: string[];
  readonly prompts: string[];
  readonly promptFiles: ObjectId[];
}

/** A checkpoint of the index; the prompts of `unheld` are read again when they are looked for. */
interface Entry {
  readonly searchable: Searchable;
  readonly unheld: readonly ObjectId[];
}

/**
 * What a search looks at, in memory, so that only the first one reads it. Checkpoints are added by batches. Files that are absent,
 * larger than 8 MiB or not JSON are passed over, and none is fetched.
 */
export class SearchIndex {
  readonly #repo: Repository;
  readonly #naming: NamingCommits;
  readonly #entries = new Map<CheckpointId, Entry>();
  readonly #adding = new Map<CheckpointId, Promise<void>>();
  #held = 0;

  constructor(repo: Repository, naming: NamingCommits) {
    this.#repo = repo;
    this.#naming = naming;
  }

  /** Reads what is neither in the index yet nor being read. Throws what reading a repository throws. */
  async add(owners: Owners): Promise<void> {
    const missing = new Map([...owners].filter(([id]) => !this.#entries.has(id) && !this.#adding.has(id)));
    if (missing.size > 0) {
      const reading = this.#read(missing).finally(() => {
        for (const id of missing.keys()) this.#adding.delete(id);
      });
      for (const id of missing.keys()) this.#adding.set(id, reading);
    }
    await Promise.all(new Set([...owners.keys()].map((id) => this.#adding.get(id))));
  }

  async #read(owners: Owners): Promise<void> {
    const drafts: Draft[] = [];
    const wanted: Array<{ draft: Draft; id: ObjectId; isPrompt: boolean }> = [];
    for await (const batch of openOwned(owners, ['summary', 'metadata', 'prompts'])) {
      for (const { id: checkpoint, files } of batch) {
        const draft = newDraft(checkpoint);
        drafts.push(draft);
        for (const { role, id } of files) {
          const isPrompt = role === 'prompts';
          if (isPrompt) draft.promptFiles.push(id);
          if (isPrompt || role === 'summary' || role === 'metadata') wanted.push({ draft, id, isPrompt });
        }
      }
    }
    const unheld = new Set<Draft>();
    await this.#visit(wanted, ({ draft, isPrompt }, content) => {
      if (!isPrompt) return addFields(draft, content);
      if (this.#held + content.length > HELD) unheld.add(draft);
      if (unheld.has(draft)) return;
      this.#held += content.length;
      draft.prompts.push(content.toString('utf8').toLowerCase());
    });
    for (const draft of drafts) {
      const left = unheld.has(draft) ? draft.promptFiles : [];
      this.#entries.set(draft.id, { searchable: searchableOf(draft, this.#naming), unheld: left });
    }
  }

  /** What a search looks at in checkpoints that were added, in the order of `ids`; those that could not be read are left out. */
  async *look(ids: readonly CheckpointId[]): AsyncGenerator<{ id: CheckpointId; searchable: Searchable }> {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      const { searchable, unheld } = entry;
      if (unheld.length === 0) {
        yield { id, searchable };
        continue;
      }
      const prompts: string[] = [];
      const files = unheld.map((file) => ({ id: file }));
      await this.#visit(files, (_, content) => void prompts.push(content.toString('utf8').toLowerCase()));
      yield { id, searchable: { ...searchable, prompts } };
    }
  }

  /** Hands over the files that can be read, one after the other. */
  async #visit<F extends { readonly id: ObjectId }>(
    files: readonly F[],
    visit: (file: F, content: Buffer) => void,
  ): Promise<void> {
    const infos = await this.#repo.objectInfo(idsOf(files));
    const readable = files.filter((_, at) => (infos[at]?.size ?? LARGEST) < LARGEST);
    await this.#repo.visitObjects(idsOf(readable), (object, at) => {
      const file = readable[at];
      if (object !== undefined && file !== undefined) visit(file, object.content);
    });
  }
}

function newDraft(id: CheckpointId): Draft {
  return { id, branches: new Set(), agents: new Set(), files: new Set(), times: [], prompts: [], promptFiles: [] };
}

function addFields(draft: Draft, content: Buffer): void {
  const fields = tryObject(content);
  if (fields === undefined) return;
  const { branch, agent, created_at: time, files_touched: files } = fields;
  addText(draft.branches, branch);
  addText(draft.agents, agent);
  for (const file of Array.isArray(files) ? files : []) addText(draft.files, file);
  if (typeof time === 'string') draft.times.push(time);
}

function addText(to: Set<string>, value: unknown): void {
  if (typeof value === 'string') to.add(value.toLowerCase());
}

function searchableOf(draft: Draft, naming: NamingCommits): Searchable {
  const { id, branches, agents, files, prompts } = draft;
  const times = draft.times.flatMap((time) => parseCreatedAt(time) ?? []);
  const newest = spanOf(times.filter(({ instant }) => !isOddTime(instant))).newest ?? createdAtOfId(id);
  return {
    id: id.toLowerCase(),
    branches: [...branches],
    agents: [...agents],
    files: [...files],
    commits: (naming.get(id) ?? []).map(({ commit, subject }) => `${commit} ${subject}`.toLowerCase()),
    prompts,
    newest: newest?.instant,
  };
}
