import { type CheckpointId, shardNames } from '../checkpoint/checkpoint-id.ts';
import { namesToWrite, OUR_NAMES, type TranscriptNames } from '../checkpoint/transcript.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTree } from '../git/read-trees.ts';
import type { ObjectWriter, RefUpdate, Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { editFolder, type TreeEdits } from '../git/tree-editor.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import { type ArchiveRef, readLayoutRefs } from '../layout/layout-refs.ts';
import { assign, pick } from './assign.ts';
import { type FullCurrentMode, generationSpan } from './generation.ts';
import { GenerationState } from './generation-state.ts';
import { materialize, type WantedGenerations } from './materialize.ts';
import type { SizeRecord } from './size.ts';
import { orderByTime, readTimesOnMain } from './times.ts';

/** How generations are written. */
export interface GenerationWriterOptions {
  readonly mode: FullCurrentMode;
  /** Checkpoints in a full generation. */
  readonly maxCheckpoints: number;
  /** That size as it is to be recorded, where it is. */
  readonly sizeRecord?: SizeRecord | undefined;
}

/** Makes the commit that `full/current` gets. */
export type CommitMaker = (tree: ObjectId, parents: readonly ObjectId[]) => ObjectId;

/** Where a checkpoint's folder lies. */
interface Holder {
  readonly folder: ObjectId;
  /** Absent where it is `full/current`. */
  readonly archive?: ArchiveRef;
}

/**
 * The generations' part of one write: puts what belongs there where the checkpoint lies, else into `full/current`, and archives
 * that when it is full.
 */
export class GenerationWriter {
  readonly #repo: Repository;
  readonly #writer: ObjectWriter;
  readonly #options: GenerationWriterOptions;
  readonly #state: GenerationState;
  /** What `full/current` holds, in `replace` mode together with its history. */
  readonly #held: Map<CheckpointId, ObjectId>;
  readonly #notArchived = new Set<CheckpointId>();

  private constructor(
    repo: Repository,
    writer: ObjectWriter,
    options: GenerationWriterOptions,
    state: GenerationState,
    held: ReadonlyMap<CheckpointId, ObjectId>,
  ) {
    this.#repo = repo;
    this.#writer = writer;
    this.#options = options;
    this.#state = state;
    this.#held = new Map(held);
  }

  /** Reads where the generations are now, and what the current one holds. */
  static async open(
    repo: Repository,
    writer: ObjectWriter,
    options: GenerationWriterOptions,
  ): Promise<GenerationWriter> {
    const state = new GenerationState(repo, await readLayoutRefs(repo));
    const shown = options.mode === 'accumulate' ? (await state.current())?.checkpoints : await state.history();
    return new GenerationWriter(repo, writer, options, state, shown ?? new Map());
  }

  /** Takes note that a checkpoint is a new one: it is in no archive, and they are not searched for it. */
  isNew(id: CheckpointId): void {
    this.#notArchived.add(id);
  }

  /** The entries at a path in a checkpoint's folder, in the generation that holds it; none where no generation does. */
  async entries(id: CheckpointId, ...path: string[]): Promise<TreeEntry[]> {
    const folder = (await this.#find(id))?.folder;
    let entries = folder === undefined ? [] : await readTree(this.#repo, folder);
    for (const name of path) {
      const entry = entries.find((one) => one.name === name && isTreeMode(one.mode));
      entries = entry === undefined ? [] : await readTree(this.#repo, entry.id);
    }
    return entries;
  }

  /** The names that a session's transcript gets: those that are used already in its folder, else in the generation. */
  async namesFor(id: CheckpointId, session: string): Promise<TranscriptNames> {
    const own = namesToWrite(await this.entries(id, session));
    const generation = (await this.#find(id))?.archive?.id ?? this.#state.refs.current;
    if (own !== undefined || generation === undefined) return own ?? OUR_NAMES;
    const folders = await CheckpointFolders.ofCommit(this.#repo, generation);
    for (const other of await folders.list()) {
      for (const name of await folders.sessions(other)) {
        const names = namesToWrite((await folders.entries(other, name)) ?? []);
        if (names !== undefined) return names;
      }
    }
    return OUR_NAMES;
  }

  /**
   * Changes files of a checkpoint, at paths below its folder. Returns the ref updates that carry it out, a rotation included.
   * Where there is no `full/current`, it is started, also without a change. `main` is the commit that `main` gets: it has the
   * times of an archive's sessions.
   */
  async put(
    id: CheckpointId,
    edits: TreeEdits,
    main: ObjectId,
    makeCommit: CommitMaker,
  ): Promise<readonly RefUpdate[]> {
    if (edits.size === 0 && this.#state.refs.current !== undefined) return [];
    const { folder: old = null, archive } = (await this.#find(id)) ?? {};
    const folder = edits.size === 0 ? undefined : await editFolder(this.#repo, this.#writer, old, edits);
    if (archive === undefined || folder === undefined) return this.#putIntoCurrent(id, folder, main, makeCommit);
    const base = await this.#state.archive(archive);
    const checkpoints = withFolder(base.checkpoints, id, folder);
    return this.#materialize({ archives: [{ number: archive.number, base, checkpoints }] }, main);
  }

  /** Puts a checkpoint's folder into `full/current`; `null` takes it out, `undefined` leaves it as it is. */
  async #putIntoCurrent(
    id: CheckpointId,
    folder: ObjectId | null | undefined,
    main: ObjectId,
    makeCommit: CommitMaker,
  ): Promise<readonly RefUpdate[]> {
    const { maxCheckpoints, mode } = this.#options;
    const base = await this.#state.current();
    const held = withFolder(this.#held, id, folder);
    if (held.size >= maxCheckpoints) return this.#rotate(held, main);
    const checkpoints = mode === 'replace' ? pick(held, folder === undefined ? [] : [id]) : held;
    // No archive changes: what the manifest may lack is left to a run that looks at all of them.
    const state = new GenerationState(this.#repo, { ...this.#state.refs, archives: [] });
    return this.#materialize({ archives: [], current: { checkpoints, base, onTop: makeCommit } }, main, state);
  }

  /** Archives what `full/current` holds, as often as there is a generation's worth, and starts it again with the rest. */
  async #rotate(shown: ReadonlyMap<CheckpointId, ObjectId>, main: ObjectId): Promise<readonly RefUpdate[]> {
    const held = await this.#withHistory(shown, main);
    const times = await readTimesOnMain(this.#repo, main, held.keys());
    const { archives, current } = assign({
      arrivals: orderByTime(held.keys(), times),
      max: this.#options.maxCheckpoints,
      next: await this.#state.nextNumber(),
    });
    const wanted: WantedGenerations = {
      archives: [...archives].map(([number, ids]) => ({ number, checkpoints: pick(held, ids) })),
      current: { checkpoints: pick(held, current), base: await this.#state.current() },
    };
    return this.#materialize(wanted, main);
  }

  async #materialize(wanted: WantedGenerations, main: ObjectId, state = this.#state): Promise<readonly RefUpdate[]> {
    const [repo, sink] = [this.#repo, this.#writer];
    const spanOf = async (ids: readonly CheckpointId[]) => generationSpan(ids, await readTimesOnMain(repo, main, ids));
    const { sizeRecord } = this.#options;
    return (await materialize({ repo, sink, state, main, sizeRecord, spanOf }, wanted)).updates;
  }

  /**
   * What is held, and what `full/current` has in its history alone: written in `replace` mode, though it may not be the mode
   * any more. What `main` has no more, and what an archive has, does not come back.
   */
  async #withHistory(shown: ReadonlyMap<CheckpointId, ObjectId>, main: ObjectId): Promise<Map<CheckpointId, ObjectId>> {
    const held = new Map(shown);
    const folders = await CheckpointFolders.ofCommit(this.#repo, main);
    for (const [id, folder] of await this.#state.history()) {
      if (held.has(id) || (await folders.entries(id)) === undefined) continue;
      if ((await this.#findArchived(id)) === undefined) held.set(id, folder);
    }
    return held;
  }

  /** The folder of a checkpoint, and the archive that it lies in; in `full/current` where no archive is named. */
  async #find(id: CheckpointId): Promise<Holder | undefined> {
    const held = this.#held.get(id);
    if (held !== undefined) return { folder: held };
    if (this.#notArchived.has(id)) return undefined;
    const archived = await this.#findArchived(id);
    const past = archived === undefined ? (await this.#state.history()).get(id) : undefined;
    return past === undefined ? archived : { folder: past };
  }

  async #findArchived(id: CheckpointId): Promise<Holder | undefined> {
    const [shard, rest] = shardNames(id);
    const archive = (await this.#state.locate({ changed: new Set([id]), unplaced: new Set() })).get(id);
    if (archive === undefined) return undefined;
    const folders = await CheckpointFolders.ofCommit(this.#repo, archive.id);
    const entry = (await folders.shard(shard)).find(({ name, mode }) => name === rest && isTreeMode(mode));
    return entry && { folder: entry.id, archive };
  }
}

/** Folders with another one for a checkpoint; without it for `null`, as they are for `undefined`. */
function withFolder(
  folders: ReadonlyMap<CheckpointId, ObjectId>,
  id: CheckpointId,
  folder: ObjectId | null | undefined,
): Map<CheckpointId, ObjectId> {
  const changed = new Map(folders);
  if (folder === null) changed.delete(id);
  else if (folder !== undefined) changed.set(id, folder);
  return changed;
}
