import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { withoutTranscriptFields } from '../checkpoint/summary.ts';
import { batches } from '../git/batches.ts';
import { BadObjectError } from '../git/errors.ts';
import { IdMap } from '../git/id-table.ts';
import { hashObject, idsOf, type ObjectFormat, type ObjectId, rawIdLength } from '../git/object-id.ts';
import { assertTree, readTrees } from '../git/read-trees.ts';
import { visitDocuments } from '../git/read-usable.ts';
import type { GitObject, ObjectSink, Repository } from '../git/repository.ts';
import { displayName, isTreeMode, serializeTree, type TreeEntry } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';
import { checkpointOfEntry, isShardEntry } from '../layout/checkpoint-walk.ts';
import { isFullFile, isSummary, kindOfFolder, type TreeFolderKind } from '../layout/folder-kinds.ts';
import { FullTrees } from './full-trees.ts';
import { type FolderProjection, ProjectedFolders } from './projected-folders.ts';
import { ProjectionBase } from './projection-base.ts';
import { type ReadShard, ShardProjector } from './shard-projector.ts';
import type { ShardVersions } from './shard-versions.ts';
import { TreeProjector } from './tree-projector.ts';
import { sharedEnds } from './tree-sequence.ts';

/** A checkpoint in a V1 tree: the id of its V1 folder, and what becomes of it. */
export interface ProjectedCheckpoint {
  readonly tree: ObjectId;
  readonly main: ObjectId | null;
  /** `undefined`: the checkpoint is as it was at the base, where an earlier run placed its transcripts. */
  readonly full: ObjectId | null | undefined;
}

/** A V1 root tree: the tree that it becomes on `main`, and its V1 entries (`Projection.versions` says more of each shard). */
export interface ProjectedRoot {
  readonly main: ObjectId;
  readonly entries: readonly TreeEntry[];
}

/** A sink that stores nothing: for asking what a projection would be. */
export function hashingSink(format: ObjectFormat): ObjectSink {
  return { add: (type, content) => hashObject(format, type, content) };
}

/** Folders or summaries to project, with a place for the error message where one can't be read. */
type Places = Map<ObjectId, string>;

/**
 * The projection of V1 onto V2: a pure function of V1's objects, which sends each file of a V1 tree to exactly one place on
 * `main` or on `full/*`, under the same path. Each distinct tree and summary is projected once, however many commits have
 * it. Blobs are not read, but for summaries; they may be absent.
 */
export class Projection {
  readonly #repo: Repository;
  readonly #sink: ObjectSink;
  readonly #memory: TreeMemory | undefined;
  readonly #roots: TreeProjector;
  readonly #base = new ProjectionBase();
  /** By name, which is a part of their checkpoints' IDs. */
  readonly #shards = new Map<string, ShardProjector>();
  readonly #folders: Record<TreeFolderKind, ProjectedFolders>;
  readonly #summaries: IdMap;
  readonly fullTrees: FullTrees;
  /** Summaries that are absent from the repository, with a path of each: they keep their ids, and so their content, on `main`. */
  readonly absentSummaries = new Map<ObjectId, string>();

  /** Folders are taken from `memory` where it has them. */
  constructor(repo: Repository, sink: ObjectSink, memory?: TreeMemory) {
    this.#repo = repo;
    this.#memory = memory;
    this.#sink = sink;
    const format = repo.objectFormat;
    this.#roots = new TreeProjector(rawIdLength(format), sink);
    this.#summaries = new IdMap(format);
    this.fullTrees = new FullTrees(format);
    this.#folders = {
      checkpoint: new ProjectedFolders(format),
      session: new ProjectedFolders(format),
      tasks: new ProjectedFolders(format),
      other: new ProjectedFolders(format),
      outside: new ProjectedFolders(format),
    };
  }

  /** The versions of the shard of that name which were projected. */
  versions(name: string): ShardVersions {
    return this.#shardProjector(name).versions;
  }

  /** The checkpoints of a projected root, in the order of their IDs; without those in shards that are as at the base. */
  *checkpoints(root: ProjectedRoot): Iterable<[CheckpointId, ProjectedCheckpoint]> {
    for (const entry of root.entries) {
      if (!isShardEntry(entry) || this.#base.hasShard(entry.name, entry.id)) continue;
      const versions = this.versions(entry.name);
      for (const [id, folder] of versions.checkpointsOf(versions.versionOf(entry.id)))
        yield [id, this.checkpoint(id, folder)];
    }
  }

  /** What became of a checkpoint with that V1 folder, which was projected, or is as it was at the base. */
  checkpoint(id: CheckpointId, folder: ObjectId): ProjectedCheckpoint {
    if (this.#base.has(id, folder)) return { tree: folder, main: this.#base.mainOf(id), full: undefined };
    return { tree: folder, ...this.#folders.checkpoint.get(folder) };
  }

  /**
   * Starts from what an earlier run has projected: the V1 root tree `v1` became `main`. What is the same in a later root is
   * taken from there, so that the cost of projecting one more commit does not depend on how many checkpoints there are.
   */
  async startFrom(v1: ObjectId, main: ObjectId): Promise<ProjectedRoot> {
    const [branchObject] = await this.#repo.readObjects([v1]);
    const entries = this.#parseRoot(v1, branchObject);
    const [mainEntries = []] = await readTrees(this.#repo, [main]);
    this.#base.setRoots(entries, mainEntries);
    await this.#projectOutside(
      entries.filter((entry) => !isShardEntry(entry)),
      '',
    );
    this.#roots.prime(entries, (entry) => this.#mainOf(entry));
    return { main, entries };
  }

  /**
   * Projects root trees; `objects` are these trees, where the caller has read them already. Throws `BadObjectError`, with the
   * place, where a tree that has to be read is absent or broken.
   */
  async projectRoots(
    trees: readonly ObjectId[],
    objects?: ReadonlyArray<GitObject | undefined>,
  ): Promise<ProjectedRoot[]> {
    objects ??= await this.#repo.readObjects(trees);
    const parsed = trees.map((id, i) => this.#parseRoot(id, objects?.[i]));
    const shards = new Map<string, TreeEntry>();
    const outside: TreeEntry[] = [];
    let before: readonly TreeEntry[] = [];
    for (const entries of parsed) {
      const [front, back] = sharedEnds(before, entries);
      for (const entry of entries.slice(front, entries.length - back)) {
        if (!isShardEntry(entry)) outside.push(entry);
        else if (!this.#isProjected(entry)) shards.set(entry.name + entry.id, entry);
      }
      before = entries;
    }
    await this.#projectShards([...shards.values()]);
    await this.#projectOutside(outside, '');
    return parsed.map((entries) => ({ entries, main: this.#roots.project(entries, (entry) => this.#mainOf(entry)) }));
  }

  #parseRoot(id: ObjectId, object: GitObject | undefined): readonly TreeEntry[] {
    const content = assertTree(id, object);
    try {
      return this.#roots.parse(content);
    } catch (error) {
      throw new BadObjectError(id, `the root tree ${id} can't be read: ${(error as Error).message}`);
    }
  }

  /**
   * The checkpoints of a root that are not as they were at the base (`startFrom`), new ones included; `null` stands for one
   * that is gone.
   */
  async changes(base: ProjectedRoot, root: ProjectedRoot): Promise<Map<CheckpointId, ProjectedCheckpoint | null>> {
    const shardNames = new Map(root.entries.filter(isShardEntry).map((entry) => [entry.name, entry.id]));
    const touched = base.entries.filter((entry) => isShardEntry(entry) && shardNames.get(entry.name) !== entry.id);
    await this.#base.loadShards(
      this.#repo,
      touched.map(({ name }) => name),
    );
    const touchedNames = new Set(touched.map(({ name }) => name));
    const changes = new Map<CheckpointId, ProjectedCheckpoint | null>();
    for (const id of this.#base.checkpointIds()) if (touchedNames.has(id.slice(0, 2))) changes.set(id, null);
    for (const [id, checkpoint] of this.checkpoints(root)) {
      if (checkpoint.full === undefined) changes.delete(id);
      else changes.set(id, checkpoint);
    }
    return changes;
  }

  /** The V1 folders that checkpoints had at the base, for those that it had and that `changes` has listed. */
  foldersAtBase(ids: Iterable<CheckpointId>): Map<CheckpointId, ObjectId> {
    const folders = new Map<CheckpointId, ObjectId>();
    for (const id of ids) {
      const tree = this.#base.folderOf(id);
      if (tree !== undefined) folders.set(id, tree);
    }
    return folders;
  }

  /** Projects single checkpoints, given the ids of their V1 folders. */
  async projectCheckpoints(
    folders: ReadonlyMap<CheckpointId, ObjectId>,
  ): Promise<Map<CheckpointId, ProjectedCheckpoint & FolderProjection>> {
    const wanted: Places = new Map();
    for (const [id, tree] of folders) if (!this.#folders.checkpoint.has(tree)) wanted.set(tree, shardPath(id));
    await this.#projectFolders('checkpoint', wanted);
    return new Map([...folders].map(([id, tree]) => [id, { tree, ...this.#folders.checkpoint.get(tree) }]));
  }

  #isProjected({ name, id }: TreeEntry): boolean {
    return this.#base.hasShard(name, id) || this.versions(name).versionOf(id) >= 0;
  }

  /** The id that a root's entry has on `main`; `null` where nothing of it is left. */
  #mainOf(entry: TreeEntry): ObjectId | null {
    if (!isShardEntry(entry)) return this.#mainOutside(entry);
    if (this.#base.hasShard(entry.name, entry.id)) return this.#base.mainOfShard(entry.name);
    const versions = this.versions(entry.name);
    const version = versions.versionOf(entry.id);
    if (version < 0) throw new Error(`the shard ${entry.name} (${entry.id}) was not projected`);
    return versions.mainOf(version);
  }

  async #projectShards(shards: readonly TreeEntry[]): Promise<void> {
    const read = await this.#readShards(shards);
    await this.#base.loadShards(
      this.#repo,
      shards.map(({ name }) => name),
    );
    const wanted: Places = new Map();
    for (const { shard, version } of read) {
      for (const entry of version.added) {
        const checkpoint = checkpointOfEntry(shard.name, entry);
        if (checkpoint === undefined || this.#base.has(checkpoint, entry.id)) continue;
        this.#want('checkpoint', entry, shard.name, wanted);
      }
    }
    await this.#projectFolders('checkpoint', wanted);
    for (const { shard, version } of read) {
      const others = version.added.filter((entry) => checkpointOfEntry(shard.name, entry) === undefined);
      await this.#projectOutside(others, shard.name);
    }
    for (const { shard, version } of read) {
      this.#shardProjector(shard.name).project(version, shard.id, (entry) => {
        const checkpoint = checkpointOfEntry(shard.name, entry);
        return checkpoint === undefined ? this.#mainOutside(entry) : this.checkpoint(checkpoint, entry.id).main;
      });
    }
  }

  async #readShards(shards: readonly TreeEntry[]): Promise<Array<{ shard: TreeEntry; version: ReadShard }>> {
    const read: Array<{ shard: TreeEntry; version: ReadShard }> = [];
    try {
      for (const batch of batches(shards)) {
        const contents = await this.#shardContents(idsOf(batch));
        batch.forEach((shard, i) => {
          read.push({ shard, version: this.#parseShard(shard, contents[i] as Buffer) });
        });
      }
    } catch (error) {
      throw withPlace(error, new Map(shards.map(({ id, name }) => [id, name])), 'a folder');
    }
    return read;
  }

  async #shardContents(ids: readonly ObjectId[]): Promise<Buffer[]> {
    if (this.#memory !== undefined) return (await readTrees(this.#repo, ids, this.#memory)).map(serializeTree);
    const objects = await this.#repo.readObjects(ids);
    return ids.map((id, i) => assertTree(id, objects[i]));
  }

  #parseShard({ name, id }: TreeEntry, content: Buffer): ReadShard {
    try {
      return this.#shardProjector(name).read(content);
    } catch (error) {
      throw new BadObjectError(id, `the tree ${id} can't be read: ${(error as Error).message}`);
    }
  }

  #shardProjector(name: string): ShardProjector {
    let projector = this.#shards.get(name);
    if (projector === undefined) {
      projector = new ShardProjector(name, this.#repo.objectFormat, this.#sink);
      this.#shards.set(name, projector);
    }
    return projector;
  }

  /** Projects the folders among these entries, which are in no checkpoint. */
  async #projectOutside(entries: Iterable<TreeEntry>, parent: string): Promise<void> {
    const wanted: Places = new Map();
    for (const entry of entries) if (isTreeMode(entry.mode)) this.#want('outside', entry, parent, wanted);
    await this.#projectFolders('outside', wanted);
  }

  /** The id on `main` of what lies in no checkpoint: it goes there whole, but for folders that hold no file. */
  #mainOutside(entry: TreeEntry): ObjectId | null {
    return isTreeMode(entry.mode) ? this.#folders.outside.get(entry.id).main : entry.id;
  }

  /** Projects folders of one kind, and before them the folders in them. */
  async #projectFolders(kind: TreeFolderKind, places: Places): Promise<void> {
    if (places.size === 0) return;
    const trees = await this.#read(places);
    const inner = new Map<TreeFolderKind, Places>();
    const summaries = new Map<ObjectId, string>();
    for (const [id, entries] of trees) {
      for (const entry of entries) {
        const innerKind = kindOfFolder(kind, entry);
        if (innerKind !== undefined) {
          const wanted = inner.get(innerKind) ?? new Map<ObjectId, string>();
          this.#want(innerKind, entry, places.get(id) ?? '', wanted);
          inner.set(innerKind, wanted);
        } else if (isSummary(kind, entry) && !this.#summaries.has(entry.id)) {
          summaries.set(entry.id, `${places.get(id) ?? ''}/${displayName(entry.name)}`);
        }
      }
    }
    await Promise.all([
      ...[...inner].map(([innerKind, wanted]) => this.#projectFolders(innerKind, wanted)),
      this.#projectSummaries(summaries),
    ]);
    for (const [id, entries] of trees) this.#folders[kind].add(id, this.#composeFolder(kind, id, entries));
  }

  #composeFolder(kind: TreeFolderKind, id: ObjectId, entries: readonly TreeEntry[]): FolderProjection {
    const main: TreeEntry[] = [];
    const full: TreeEntry[] = [];
    for (const entry of entries) {
      const innerKind = kindOfFolder(kind, entry);
      if (innerKind !== undefined) {
        const inner = this.#folders[innerKind].get(entry.id);
        if (inner.main !== null) main.push(withId(entry, inner.main));
        if (inner.full !== null) full.push(withId(entry, inner.full));
      } else if (isFullFile(kind, entry)) {
        full.push(entry);
      } else {
        main.push(isSummary(kind, entry) ? withId(entry, this.#summaries.get(entry.id) ?? entry.id) : entry);
      }
    }
    return { main: this.#addTree(id, entries, main), full: this.#fullTree(id, entries, full) };
  }

  #fullTree(old: ObjectId, before: readonly TreeEntry[], after: readonly TreeEntry[]): ObjectId | null {
    if (after.length === 0) return null;
    return sameEntries(before, after) ? old : this.fullTrees.add(serializeTree(after));
  }

  async #projectSummaries(summaries: Places): Promise<void> {
    const ids = [...summaries.keys()];
    const visiting = visitDocuments(this.#repo, ids, (document, i) => {
      const id = ids[i];
      if (id === undefined) return;
      if (document === undefined) this.absentSummaries.set(id, summaries.get(id) ?? '');
      // One that is too large is carried over as it is.
      const projected = document instanceof Buffer ? withoutTranscriptFields(document) : document;
      const isSame = projected === document || !(projected instanceof Buffer);
      this.#summaries.set(id, isSame ? id : this.#sink.add('blob', projected));
    });
    await visiting.catch((error) => {
      throw withPlace(error, summaries, 'a summary');
    });
  }

  /** The id of a folder's new tree; the old one where nothing changed, which is in the store already. */
  #addTree(old: ObjectId, before: readonly TreeEntry[], after: readonly TreeEntry[]): ObjectId | null {
    if (after.length === 0) return null;
    return sameEntries(before, after) ? old : this.#sink.add('tree', serializeTree(after));
  }

  #want(kind: TreeFolderKind, entry: TreeEntry, parent: string, wanted: Places): void {
    if (!this.#folders[kind].has(entry.id)) wanted.set(entry.id, `${parent}/${displayName(entry.name)}`);
  }

  async #read(places: Places): Promise<Map<ObjectId, TreeEntry[]>> {
    const ids = [...places.keys()];
    try {
      const trees = await readTrees(this.#repo, ids, this.#memory);
      return new Map(ids.map((id, i) => [id, trees[i] ?? []]));
    } catch (error) {
      throw withPlace(error, places, 'a folder');
    }
  }
}

/** An error about an object that says where the object lies in V1. */
function withPlace(error: unknown, places: Places, what: string): unknown {
  if (!(error instanceof BadObjectError)) return error;
  return new BadObjectError(error.id, `${places.get(error.id) ?? what} in V1: ${error.message}`, error.hint);
}

/** The V1 folders of projected checkpoints. */
export function foldersOf(
  checkpoints: Iterable<readonly [CheckpointId, ProjectedCheckpoint]>,
): Map<CheckpointId, ObjectId> {
  return new Map([...checkpoints].map(([id, { tree }]) => [id, tree]));
}

function sameEntries(a: readonly TreeEntry[], b: readonly TreeEntry[]): boolean {
  return a.length === b.length && a.every((entry, i) => entry === b[i] || entry.id === b[i]?.id);
}

function withId(entry: TreeEntry, id: ObjectId): TreeEntry {
  return id === entry.id ? entry : { mode: entry.mode, name: entry.name, id };
}
