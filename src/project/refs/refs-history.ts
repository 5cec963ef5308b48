import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { ahead } from '../../git/ahead.ts';
import { batches, COMMITS_AT_ONCE } from '../../git/batches.ts';
import { type ParsedCommit, parseCommit, serializeCommit } from '../../git/commit.ts';
import { BadObjectError } from '../../git/errors.ts';
import { idsOf, type ObjectId, rawIdLength } from '../../git/object-id.ts';
import { assertTree } from '../../git/read-trees.ts';
import type { GitObject, ObjectSink, Repository, WalkedCommit } from '../../git/repository.ts';
import type { TreeEntry } from '../../git/tree.ts';
import { checkpointsIn, isShardEntry } from '../../layout/checkpoint-walk.ts';
import { commitImage } from '../commit-image.ts';
import { sharedEnds, TreeSequence } from '../tree-sequence.ts';
import {
  type BranchState,
  BranchStates,
  type CheckpointImage,
  type ShardState,
  type UnreadShard,
} from './branch-state.ts';
import type { CheckpointTrees, Folder } from './checkpoint-trees.ts';
import { ChunkedMap } from './chunked-map.ts';
import { ShardReader, type WantedShard } from './shard-reader.ts';

/** A V1 commit, and the images of the checkpoints in it, which are the tips of their refs. */
export interface RefsBase {
  readonly commit: ObjectId;
  readonly tips: ReadonlyMap<CheckpointId, { readonly id: ObjectId; readonly tree: ObjectId }>;
}

/** What projecting V1's history, or the newer part of it, needs. */
export interface RefsHistoryOptions {
  readonly repo: Repository;
  readonly sink: ObjectSink;
  readonly trees: CheckpointTrees;
  /** The commits to project, parents before children, the tip last. */
  readonly commits: readonly WalkedCommit[];
  /** Where an earlier run ended. */
  readonly base: RefsBase | undefined;
  /** The checkpoints whose images are wanted. */
  readonly only: ReadonlySet<CheckpointId>;
  readonly onCommit: (done: number) => void;
  /** How many commits are read together. Default: `COMMITS_AT_ONCE`. */
  readonly atOnce?: number;
}

/** What a history has become. */
export interface RefsHistory {
  /** V1's tip. Shards that are as at the base were not looked into. */
  readonly tip: BranchState;
  /** Every commit that was made, with its parents. */
  readonly images: ReadonlyMap<ObjectId, readonly ObjectId[]>;
}

/** An image is needed that a run which goes on from an earlier one does not know: all of the history has to be projected. */
export class UnknownImageError extends Error {}

/**
 * Projects V1's history onto one history for each checkpoint, all of them in one walk: for each V1 commit the trees that differ
 * from its parents' are looked at, and nothing else. A checkpoint's image of a commit that did not change its tree is that of
 * the parent; one that did gets a commit, whose parents are the images of the V1 commit's parents. Throws `UnknownImageError` where
 * `base` is not enough.
 */
export async function projectRefsHistory(options: RefsHistoryOptions): Promise<RefsHistory> {
  const projector = new HistoryProjector(options);
  await projector.loadBase();
  let done = 0;
  for await (const batch of ahead(projector.readHistory())) {
    await projector.project(batch);
    done += batch.commits.length;
    options.onCommit(done);
  }
  return projector.result();
}

/** A V1 commit that was read, with the entries of its root tree. */
interface ReadCommit {
  readonly id: ObjectId;
  readonly v1: ParsedCommit;
  readonly root: readonly TreeEntry[];
}

/** Shards that were read, by name and id. */
type ShardVersions = ReadonlyMap<string, readonly TreeEntry[]>;

/** Commits that were read, with the shards that are new in them, and the folders of which the trees are needed. */
interface ReadBatch {
  readonly commits: readonly ReadCommit[];
  readonly versions: ShardVersions;
  readonly folders: readonly Folder[];
}

class HistoryProjector {
  readonly #options: RefsHistoryOptions;
  readonly #states: BranchStates;
  readonly #roots: TreeSequence;
  readonly #shards: ShardReader;
  readonly #images = new Map<ObjectId, readonly ObjectId[]>();
  /** Roots of commits that were read and have no state yet. */
  readonly #unprojected = new Map<ObjectId, readonly TreeEntry[]>();
  /** Shards that were read where a run goes on from an earlier one, by name and id. */
  readonly #versions = new Map<string, readonly TreeEntry[]>();
  readonly #tip: ObjectId;

  constructor(options: RefsHistoryOptions) {
    this.#options = options;
    const tip = options.commits.at(-1)?.id ?? options.base?.commit;
    if (tip === undefined) throw new RangeError('no V1 commit to project');
    this.#tip = tip;
    this.#states = new BranchStates(options.commits, tip);
    this.#roots = new TreeSequence(rawIdLength(options.repo.objectFormat));
    this.#shards = new ShardReader(options.repo);
  }

  /** Reads the roots of the commits that earlier runs have projected and that some of these have as parents. */
  async loadBase(): Promise<void> {
    const { commits, base } = this.#options;
    const own = new Set(idsOf(commits));
    const edge = commits.flatMap(({ parents }) => parents.filter((parent) => !own.has(parent)));
    if (base !== undefined) edge.push(base.commit);
    for (const { id, root } of await this.#read([...new Set(edge)])) {
      const isKnown = id === base?.commit;
      const shards = root.filter(isShardEntry).map((entry) => [entry.name, { id: entry.id, isKnown }] as const);
      this.#states.set(id, { root, shards: ChunkedMap.of(shards) });
    }
  }

  /** Reads the commits with the shards that are new in them, batch by batch: the roots a batch ahead of the shards. */
  async *readHistory(): AsyncGenerator<ReadBatch, void, undefined> {
    for await (const commits of ahead(this.#readCommits())) {
      const { versions, folders } = await this.#shards.read(this.#wantedShards(commits));
      if (this.#options.base === undefined) yield { commits, folders, versions };
      else {
        for (const [key, entries] of versions) this.#versions.set(key, entries);
        yield { commits, folders, versions: this.#versions };
      }
    }
  }

  async *#readCommits(): AsyncGenerator<ReadCommit[], void, undefined> {
    const { commits: all, atOnce = COMMITS_AT_ONCE } = this.#options;
    for (const batch of batches(all, atOnce)) {
      const commits = await this.#read(idsOf(batch));
      for (const { id, root } of commits) this.#unprojected.set(id, root);
      yield commits;
    }
  }

  async project({ commits, folders, versions }: ReadBatch): Promise<void> {
    await this.#options.trees.load(folders.filter(([id]) => this.#options.only.has(id)));
    for (const commit of commits) {
      this.#states.set(commit.id, this.#stateOf(commit, versions));
      this.#unprojected.delete(commit.id);
      this.#states.release(commit.v1.parents);
    }
  }

  result(): RefsHistory {
    return { tip: this.#states.get(this.#tip), images: this.#images };
  }

  async #read(ids: readonly ObjectId[]): Promise<ReadCommit[]> {
    const { repo } = this.#options;
    const objects = await repo.readObjects(ids);
    const parsed = ids.map((id, i) => parseCommit(assertCommit(id, objects[i])));
    const roots = await repo.readObjects(parsed.map(({ tree }) => tree));
    return ids.map((id, i) => {
      const v1 = parsed[i] as ParsedCommit;
      return { id, v1, root: this.#parseRoot(v1.tree, assertTree(v1.tree, roots[i])) };
    });
  }

  #parseRoot(id: ObjectId, content: Buffer): readonly TreeEntry[] {
    try {
      return this.#roots.parse(content);
    } catch (error) {
      throw new BadObjectError(id, `the root tree ${id} can't be read: ${(error as Error).message}`);
    }
  }

  /** The shards that differ from those of the first parent; where shards of the base are not read yet, those of all parents too. */
  #wantedShards(commits: readonly ReadCommit[]): WantedShard[] {
    const wanted = new Map<string, WantedShard>();
    const want = ({ name, id }: TreeEntry, isBefore: boolean) => {
      if (!wanted.has(name + id) && !this.#versions.has(name + id)) wanted.set(name + id, { name, id, isBefore });
    };
    for (const { v1, root } of commits) {
      const parents = v1.parents.map((parent) => this.#unprojected.get(parent) ?? this.#states.get(parent).root);
      const changed = changedEntries(parents[0] ?? [], root).filter(isShardEntry);
      for (const entry of changed) {
        if (this.#options.base !== undefined) {
          for (const parent of parents) {
            const before = parent.find(({ name }) => name === entry.name);
            if (before !== undefined && isShardEntry(before)) want(before, true);
          }
        }
        want(entry, false);
      }
    }
    return [...wanted.values()];
  }

  #stateOf(commit: ReadCommit, versions: ShardVersions): BranchState {
    const parents = commit.v1.parents.map((parent) => this.#states.get(parent));
    const [first] = parents;
    const before = first?.root ?? [];
    const changes = new Map<string, ShardState | UnreadShard | undefined>();
    for (const { name } of changedEntries(commit.root, before)) changes.set(name, undefined);
    for (const entry of changedEntries(before, commit.root)) {
      if (!isShardEntry(entry)) continue;
      const shard = first?.shards.get(entry.name);
      changes.set(entry.name, shard?.id === entry.id ? shard : this.#shardOf(commit, entry, { parents, versions }));
    }
    return { root: commit.root, shards: (first?.shards ?? ChunkedMap.of()).with(changes) };
  }

  #shardOf(
    commit: ReadCommit,
    { name, id }: TreeEntry,
    { parents, versions }: { readonly parents: readonly BranchState[]; readonly versions: ShardVersions },
  ): ShardState {
    const before = parents.map((parent) => this.#readShard(name, parent.shards.get(name)));
    const entries = versions.get(name + id) ?? before.find((shard) => shard?.id === id)?.entries;
    if (entries === undefined) throw new Error(`the shard ${name} (${id}) was not read`);
    const [only] = before;
    const line = before.length === 1 ? only : undefined;
    const [front, back] = line === undefined ? [0, 0] : sharedEnds(line.entries, entries);
    const changes = new Map<CheckpointId, CheckpointImage | undefined>();
    const gone = line?.entries.slice(front, line.entries.length - back) ?? [];
    for (const [checkpoint] of checkpointsIn(name, gone)) changes.set(checkpoint, undefined);
    for (const [checkpoint, folder] of checkpointsIn(name, entries.slice(front, entries.length - back))) {
      changes.set(checkpoint, this.#hold(commit, checkpoint, folder, before));
    }
    return { id, entries, held: (line?.held ?? ChunkedMap.of()).with(changes) };
  }

  /** A shard of an earlier commit; what was not looked into is read by now. */
  #readShard(name: string, shard: ShardState | UnreadShard | undefined): ShardState | undefined {
    if (shard === undefined || shard.entries !== undefined) return shard;
    const entries = this.#versions.get(name + shard.id);
    if (entries === undefined) throw new Error(`the shard ${name} (${shard.id}) was not read`);
    const tips = shard.isKnown ? this.#options.base?.tips : undefined;
    const held = new Map<CheckpointId, CheckpointImage>();
    for (const [id, folder] of checkpointsIn(name, entries)) {
      const tip = tips?.get(id);
      held.set(id, { folder, image: tip?.id, tree: tip?.tree });
    }
    return { id: shard.id, entries, held: ChunkedMap.of(held) };
  }

  #hold(
    commit: ReadCommit,
    id: CheckpointId,
    folder: ObjectId,
    before: ReadonlyArray<ShardState | undefined>,
  ): CheckpointImage {
    const { trees, sink, only } = this.#options;
    if (!only.has(id)) return { folder, image: undefined };
    const parents = new Set<ObjectId | undefined>();
    for (const shard of before) {
      const held = shard?.held.get(id);
      if (held === undefined) continue;
      if (held.folder === folder) return held;
      const tree = trees.treeOf(id, held.folder);
      if (tree === trees.treeOf(id, folder)) return { ...held, folder };
      parents.add(held.tree === undefined || held.tree === tree ? held.image : undefined);
    }
    if (parents.has(undefined)) throw new UnknownImageError(`the image of a parent of ${commit.id} is not known`);
    const image = commitImage(commit.id, commit.v1, trees.treeOf(id, folder), [...parents] as ObjectId[]);
    const made = sink.add('commit', serializeCommit(image));
    this.#images.set(made, image.parents);
    return { folder, image: made };
  }
}

/**
 * The entries of a tree that another one does not have; of both the same parse where they resemble each other. Where one of two entries of a
 * name is gone, the one that is left counts as new.
 */
function changedEntries(before: readonly TreeEntry[], after: readonly TreeEntry[]): readonly TreeEntry[] {
  const [front, back] = sharedEnds(before, after);
  const changed = after.slice(front, after.length - back);
  const gone = new Set(before.slice(front, before.length - back).map(({ name }) => name));
  for (const { name } of changed) gone.delete(name);
  return gone.size === 0 ? changed : [...changed, ...after.filter(({ name }) => gone.has(name))];
}

function assertCommit(id: ObjectId, object: GitObject | undefined): Buffer {
  if (object?.type === 'commit') return object.content;
  const what = object ? `is a ${object.type}` : 'is absent from the repository';
  throw new BadObjectError(id, `the V1 commit ${id} ${what}`);
}
