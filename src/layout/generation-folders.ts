import { appendTo } from '../checkpoint/append-to.ts';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { rootsOfCommits } from '../git/commit-trees.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { TreeMemory } from '../git/tree-memory.ts';
import { transcriptAmong } from './checkpoint-view.ts';
import { checkpointFolders, wantedIds } from './checkpoint-walk.ts';
import { type FolderFiles, readFolders } from './folder-files.ts';
import { foldersInHistory } from './history.ts';
import { generationsOf, type LayoutRefs } from './layout-refs.ts';
import { CURRENT_REF } from './ref-names.ts';

/** Where a reader looks for the part of checkpoints that V2 keeps in generations. */
export class GenerationFolders {
  readonly #repo: Repository;
  readonly #refs: LayoutRefs;
  readonly #memory = new TreeMemory();
  #roots: Promise<TreeEntry[][]> | undefined;
  #past: Promise<ObjectId[]> | undefined;

  constructor(repo: Repository, refs: LayoutRefs) {
    this.#repo = repo;
    this.#refs = refs;
  }

  /**
   * What the generations have of checkpoints, in the order in which a reader looks; behind them, where a session has no transcript
   * there, what only the history of `full/current` has, the newest first: a writer in `replace` mode leaves transcripts there.
   * `sessions` gives the names of the sessions that `main` has of each checkpoint.
   */
  async holders(sessions: ReadonlyMap<CheckpointId, readonly string[]>): Promise<Map<CheckpointId, FolderFiles[]>> {
    const held = await this.#atTips(sessions.keys());
    const missing = new Map<CheckpointId, Set<string>>();
    for (const [id, names] of sessions) missing.set(id, new Set(names));
    for (const [id, folders] of held) for (const folder of folders) strike(missing, id, folder);
    const isMissing = (id: CheckpointId) => (missing.get(id)?.size ?? 0) > 0;
    for await (const { id, folder } of this.#inPast([...sessions.keys()].filter(isMissing), isMissing)) {
      appendTo(held, id, folder);
      strike(missing, id, folder);
    }
    return held;
  }

  async #atTips(ids: Iterable<CheckpointId>): Promise<Map<CheckpointId, FolderFiles[]>> {
    const tips = generationsOf(this.#refs);
    this.#roots ??= rootsOfCommits(this.#repo, idsOf(tips));
    const found = await checkpointFolders(this.#repo, await this.#roots, wantedIds(ids), this.#memory);
    const places = found.flatMap((folders, i) => {
      return [...folders].map(([id, tree]) => ({ id, tree, ref: tips[i]?.name ?? '' }));
    });
    const folders = await readFolders(this.#repo, places);
    const held = new Map<CheckpointId, FolderFiles[]>();
    places.forEach(({ id }, i) => {
      const folder = folders[i];
      if (folder !== undefined) appendTo(held, id, folder);
    });
    return held;
  }

  /** Versions of checkpoints' folders in the history of `full/current`, the newest first; each is looked at once. */
  async *#inPast(
    ids: readonly CheckpointId[],
    isMissing: (id: CheckpointId) => boolean,
  ): AsyncGenerator<{ id: CheckpointId; folder: FolderFiles }> {
    if (ids.length === 0) return;
    const seen = new Set<string>();
    for await (const { folders } of foldersInHistory(this.#repo, await this.#history(), wantedIds(ids))) {
      const fresh = [...folders].filter(([id, tree]) => isMissing(id) && !seen.has(id + tree));
      for (const [id, tree] of fresh) seen.add(id + tree);
      const places = fresh.map(([, tree]) => ({ ref: CURRENT_REF, tree }));
      const read = await readFolders(this.#repo, places);
      for (const [i, [id]] of fresh.entries()) {
        const folder = read[i];
        if (folder !== undefined && isMissing(id)) yield { id, folder };
      }
      if (!ids.some(isMissing)) return;
    }
  }

  /** The commits behind the tip of `full/current`, the newest first; none where the history was cut off. */
  #history(): Promise<ObjectId[]> {
    const { current } = this.#refs;
    if (current === undefined) return Promise.resolve([]);
    const walked = this.#repo.walk({ tips: [current] }).catch(inCaseOf(ShallowHistoryError, () => []));
    this.#past ??= walked.then((commits) => idsOf(commits).reverse().slice(1));
    return this.#past;
  }
}

/** Strikes the sessions off that have their transcript in a folder. */
function strike(missing: ReadonlyMap<CheckpointId, Set<string>>, id: CheckpointId, folder: FolderFiles): void {
  for (const [name, files] of folder.sessions) {
    if (transcriptAmong(files) !== undefined) missing.get(id)?.delete(name);
  }
}
