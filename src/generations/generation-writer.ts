import { type CheckpointId, shardNames, shardPath } from '../checkpoint/checkpoint-id.ts';
import { TRANSCRIPT_NAMES, type TranscriptNames, transcriptPieces } from '../checkpoint/transcript.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTree } from '../git/read-trees.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { editFolder, editTree, type TreeEdit } from '../git/tree-editor.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import {
  generationNumber,
  generationRef,
  V2_CURRENT_REF,
  V2_FULL_PREFIX,
  V2_MANIFEST_REF,
} from '../layout/ref-names.ts';
import { type FullFiles, fullEdits } from '../stores/session-files.ts';
import {
  type FullCurrentMode,
  generationSpan,
  generationTree,
  readCurrent,
  readGeneration,
  startCommit,
  writeArchive,
} from './generation.ts';
import { readTimes } from './main-times.ts';
import { nextNumber, readManifest } from './manifest.ts';
import { type GenerationChange, manifestUpdate } from './manifest-update.ts';
import { archiveHeld, newestOfArchives, orderByTime } from './rotation.ts';

/** How generations are written. */
export interface GenerationWriterOptions {
  readonly mode: FullCurrentMode;
  /** Checkpoints in a full generation. */
  readonly maxCheckpoints: number;
}

/** Makes the commit that `full/current` gets. */
export type CommitMaker = (tree: ObjectId, parents: readonly ObjectId[]) => ObjectId;

/** Where a checkpoint's folder lies. */
interface Holder {
  readonly folder: ObjectId;
  /** Absent where it is `full/current`. */
  readonly archive?: Ref;
}

const OUR_NAMES: TranscriptNames = { transcript: 'full.jsonl', contentHash: 'content_hash.txt' };

/**
 * The generations' part of one write to V2: puts a session's transcript where its checkpoint lies, else into `full/current`,
 * and archives that when it is full.
 */
export class GenerationWriter {
  readonly #repo: Repository;
  readonly #writer: ObjectWriter;
  readonly #options: GenerationWriterOptions;
  readonly #current: Ref | undefined;
  /** From the newest to the oldest. */
  readonly #archives: readonly Ref[];
  readonly #manifest: Ref | undefined;
  /** What `full/current` holds, in `replace` mode together with its history. */
  readonly #held: Map<CheckpointId, ObjectId>;
  readonly #notArchived = new Set<CheckpointId>();

  private constructor(
    repo: Repository,
    writer: ObjectWriter,
    options: GenerationWriterOptions,
    refs: readonly Ref[],
    held: ReadonlyMap<CheckpointId, ObjectId>,
  ) {
    this.#repo = repo;
    this.#writer = writer;
    this.#options = options;
    this.#current = refs.find(({ name }) => name === V2_CURRENT_REF);
    const archives = refs.filter(({ name }) => generationNumber(name) !== undefined);
    this.#archives = archives.sort((a, b) => (a.name < b.name ? 1 : -1));
    this.#manifest = refs.find(({ name }) => name === V2_MANIFEST_REF);
    this.#held = new Map(held);
  }

  /** Reads where the generations are now, and what the current one holds. */
  static async open(
    repo: Repository,
    writer: ObjectWriter,
    options: GenerationWriterOptions,
  ): Promise<GenerationWriter> {
    const refs = await repo.listRefs(V2_FULL_PREFIX, V2_MANIFEST_REF);
    const current = refs.find(({ name }) => name === V2_CURRENT_REF);
    const held = current === undefined ? new Map() : await readCurrent(repo, current.id, options.mode);
    return new GenerationWriter(repo, writer, options, refs, held);
  }

  /**
   * The entries of a checkpoint's folder in the generation that holds it; none where no generation does. A checkpoint that
   * `main` does not have (`isNew`) is in no archive: they are not searched for it.
   */
  async entries(id: CheckpointId, isNew: boolean): Promise<TreeEntry[]> {
    if (isNew) this.#notArchived.add(id);
    const folder = (await this.#find(id))?.folder;
    return folder === undefined ? [] : readTree(this.#repo, folder);
  }

  /**
   * Puts files into a session's folder. Returns the ref updates that carry it out, a
   * rotation included. `main` tells the times of an archive's sessions.
   */
  async put(
    id: CheckpointId,
    session: string,
    files: FullFiles,
    main: CheckpointFolders,
    makeCommit: CommitMaker,
  ): Promise<RefUpdate[]> {
    const holder = await this.#find(id);
    const entries = await this.#sessionEntries(holder?.folder, session);
    const names = await this.#namesIn(holder?.archive ?? this.#current, entries);
    const edits = fullEdits(session, entries, files, names);
    if (edits.size === 0) return this.#current === undefined ? this.#addToCurrent(id, undefined, main, makeCommit) : [];
    const folder = await editFolder(this.#repo, this.#writer, holder?.folder ?? null, edits);
    if (holder?.archive !== undefined) return this.#rewriteArchive(holder.archive, id, folder, main);
    return this.#addToCurrent(id, folder, main, makeCommit);
  }

  /** Puts a checkpoint's folder into `full/current`; `null` takes it out, `undefined` leaves it as it is. */
  async #addToCurrent(
    id: CheckpointId,
    folder: ObjectId | null | undefined,
    main: CheckpointFolders,
    makeCommit: CommitMaker,
  ): Promise<RefUpdate[]> {
    const old = this.#current?.id ?? null;
    if (folder === null) this.#held.delete(id);
    else if (folder !== undefined) this.#held.set(id, folder);
    if (this.#held.size >= this.#options.maxCheckpoints) return this.#rotate(old, main);
    const commit = makeCommit(await this.#currentTree(id, folder), old === null ? [] : [old]);
    return [{ ref: V2_CURRENT_REF, old, new: commit }];
  }

  /** The tree of `full/current` with a checkpoint's folder in it: beside the others, or alone in `replace` mode. */
  async #currentTree(id: CheckpointId, folder: ObjectId | null | undefined): Promise<ObjectId> {
    const isReplacing = this.#options.mode === 'replace' || this.#current === undefined;
    const { root } = await CheckpointFolders.at(this.#repo, isReplacing ? null : (this.#current?.id ?? null));
    const edits = new Map<string, TreeEdit>();
    if (folder !== undefined) edits.set(shardPath(id), folder && { mode: '40000', id: folder });
    return editTree(this.#repo, this.#writer, root, edits);
  }

  /** Archives what `full/current` holds, as often as there is a generation's worth, and starts it again with the rest. */
  async #rotate(old: ObjectId | null, main: CheckpointFolders): Promise<RefUpdate[]> {
    const held = await this.#withHistory(main);
    const times = await readTimes(main, held.keys());
    const archives = await archiveHeld(this.#writer, held, {
      number: nextNumber(await readManifest(this.#repo, this.#manifest?.id), this.#archives),
      maxCheckpoints: this.#options.maxCheckpoints,
      order: orderByTime(held.keys(), times),
      spanOf: (ids) => generationSpan(ids, times),
    });
    const spans = archives.map(({ span }) => span);
    const newest =
      held.size > 0
        ? generationSpan(held.keys(), times).newest
        : await newestOfArchives(this.#repo, this.#archives, spans);
    const start = startCommit(this.#writer, generationTree(this.#writer, held), newest);
    const changes = archives.map((archive) => ({ kind: 'archived', ...archive }) as const);
    return [
      ...archives.map(({ number, commit }) => ({ ref: generationRef(number), old: null, new: commit })),
      { ref: V2_CURRENT_REF, old, new: start },
      ...(await this.#tellManifest(changes, main)),
    ];
  }

  /**
   * What is held, and what `full/current` has in its history alone: written in `replace` mode, though it may not be the mode
   * any more. What `main` has no more, and what an archive has, does not come back.
   */
  async #withHistory(main: CheckpointFolders): Promise<Map<CheckpointId, ObjectId>> {
    const held = new Map(this.#held);
    for (const [id, folder] of await this.#readHistory()) {
      if (held.has(id) || (await main.entries(id)) === undefined) continue;
      if ((await this.#findArchived(id)) === undefined) held.set(id, folder);
    }
    return held;
  }

  /** Changes a checkpoint's folder in an archive. One of which nothing is left is deleted. */
  async #rewriteArchive(
    archive: Ref,
    id: CheckpointId,
    folder: ObjectId | null,
    main: CheckpointFolders,
  ): Promise<RefUpdate[]> {
    const { checkpoints, others } = await readGeneration(this.#repo, archive.id);
    const changed = new Map(checkpoints);
    if (folder === null) changed.delete(id);
    else changed.set(id, folder);
    const { name: ref, id: old } = archive;
    const number = generationNumber(ref) ?? 0;
    if (changed.size === 0 && others.length === 0) {
      return [{ ref, old, new: null }, ...(await this.#tellManifest([{ kind: 'emptied', number }], main))];
    }
    const span = generationSpan(changed.keys(), await readTimes(main, changed.keys()));
    const written = writeArchive(this.#writer, number, changed, span, others);
    return [{ ref, old, new: written.commit }, ...(await this.#tellManifest([{ kind: 'archived', ...written }], main))];
  }

  /** The move of the manifest's ref that goes with changes of archives. */
  async #tellManifest(changes: readonly GenerationChange[], main: CheckpointFolders): Promise<RefUpdate[]> {
    const [repo, sink, archives] = [this.#repo, this.#writer, this.#archives];
    const manifest = await readManifest(repo, this.#manifest?.id);
    const update = await manifestUpdate({ repo, sink, manifest, archives, main }, changes);
    return update === undefined ? [] : [update];
  }

  /** The folder of a checkpoint, and the archive that it lies in; in `full/current` where no archive is named. */
  async #find(id: CheckpointId): Promise<Holder | undefined> {
    const held = this.#held.get(id);
    if (held !== undefined) return { folder: held };
    if (this.#notArchived.has(id)) return undefined;
    const archived = await this.#findArchived(id);
    const past = archived === undefined ? (await this.#readHistory()).get(id) : undefined;
    return past === undefined ? archived : { folder: past };
  }

  async #findArchived(id: CheckpointId): Promise<Holder | undefined> {
    const [shard, rest] = shardNames(id);
    for (const archive of this.#archives) {
      const folders = await CheckpointFolders.ofCommit(this.#repo, archive.id);
      const folder = (await folders.shard(shard)).find(({ name, mode }) => name === rest && isTreeMode(mode));
      if (folder !== undefined) return { folder: folder.id, archive };
    }
    return undefined;
  }

  /** What `full/current` holds together with its history, whatever the mode is now. */
  async #readHistory(): Promise<Map<CheckpointId, ObjectId>> {
    if (this.#options.mode === 'replace') return this.#held;
    return this.#current === undefined ? new Map() : readCurrent(this.#repo, this.#current.id, 'replace');
  }

  async #sessionEntries(folder: ObjectId | undefined, session: string): Promise<TreeEntry[]> {
    if (folder === undefined) return [];
    const entry = (await readTree(this.#repo, folder)).find(({ name, mode }) => name === session && isTreeMode(mode));
    return entry === undefined ? [] : readTree(this.#repo, entry.id);
  }

  /** The names that transcripts have in a generation: a writer goes on with those that are there. */
  async #namesIn(generation: Ref | undefined, entries: readonly TreeEntry[]): Promise<TranscriptNames> {
    const own = namesOf(entries);
    if (own !== undefined || generation === undefined) return own ?? OUR_NAMES;
    const folders = await CheckpointFolders.ofCommit(this.#repo, generation.id);
    for (const id of await folders.list()) {
      for (const session of await folders.sessions(id)) {
        const names = namesOf((await folders.entries(id, session)) ?? []);
        if (names !== undefined) return names;
      }
    }
    return OUR_NAMES;
  }
}

/** Which of the known sets of names a session's folder uses; `full.log` is read, but not written any more. */
function namesOf(entries: readonly TreeEntry[]): TranscriptNames | undefined {
  const files = entries.map(({ name }) => name);
  return TRANSCRIPT_NAMES.slice(0, 2).find(({ transcript }) => transcriptPieces(files, transcript).length > 0);
}
