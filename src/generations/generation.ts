import { type CheckpointId, isShardName, shardNames } from '../checkpoint/checkpoint-id.ts';
import {
  type CreatedAt,
  type CreatedAtLookup,
  type GenerationSpan,
  generationIdentity,
  generationJson,
  spanOf,
} from '../checkpoint/created-at.ts';
import { GENERATION_FILE } from '../checkpoint/files.ts';
import { parseCommit, serializeCommit } from '../git/commit.ts';
import { BadObjectError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTree, readTrees } from '../git/read-trees.ts';
import type { ObjectSink, Repository } from '../git/repository.ts';
import { compareEntries, isTreeMode, serializeTree, type TreeEntry } from '../git/tree.ts';
import { checkpointsIn } from '../layout/checkpoint-list.ts';
import { generationName } from '../layout/ref-names.ts';

/** Commits of a history whose trees are in memory at a time. */
const HISTORY_BATCH = 128;

/** What a generation holds: the `full/*` folder of each of its checkpoints. */
export interface GenerationContent {
  /** The commit that the generation's ref is at. */
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly checkpoints: ReadonlyMap<CheckpointId, ObjectId>;
  /** The blob of `generation.json`; absent on `full/current`, and on archives of other writers. */
  readonly json: ObjectId | undefined;
  /** What else lies at the root, of a writer that is not this program; kept as it is. */
  readonly others: readonly TreeEntry[];
}

/** Reads which checkpoints a generation holds: its root tree and its shards, nothing below. */
export async function readGeneration(repo: Repository, commit: ObjectId): Promise<GenerationContent> {
  const tree = await treeOfCommit(repo, commit);
  const root = await readTree(repo, tree);
  const shards = root.filter((entry) => isTreeMode(entry.mode) && isShardName(entry.name));
  const trees = await readTrees(
    repo,
    shards.map(({ id }) => id),
  );
  const checkpoints = new Map(shards.flatMap(({ name }, i) => [...checkpointsIn(name, trees[i] ?? [])]));
  const json = root.find((entry) => entry.name === GENERATION_FILE && !isTreeMode(entry.mode));
  const others = root.filter((entry) => !shards.includes(entry) && entry !== json);
  return { commit, tree, checkpoints, json: json?.id, others };
}

/**
 * How `full/current` is written: its tree *accumulates* what was written, or shows the last write alone (`replace`, the first
 * design of the layout), and leaves the earlier ones to the history of the ref.
 */
export type FullCurrentMode = 'accumulate' | 'replace';

/**
 * What counts as held by `full/current`: what its tree shows, and in `replace` mode also what its history does. Of several
 * folders of a checkpoint the newest counts.
 */
export async function readCurrent(
  repo: Repository,
  commit: ObjectId,
  mode: FullCurrentMode,
): Promise<Map<CheckpointId, ObjectId>> {
  if (mode === 'accumulate') return new Map((await readGeneration(repo, commit)).checkpoints);
  const versions = await readVersions(repo, commit);
  return new Map([...versions].flatMap(([id, folders]) => folders.slice(-1).map((newest) => [id, newest] as const)));
}

/** The folders of each checkpoint in the history of `full/current`, from the oldest to the newest, as often as they changed. */
export async function readVersions(repo: Repository, commit: ObjectId): Promise<Map<CheckpointId, ObjectId[]>> {
  const versions = new Map<CheckpointId, ObjectId[]>();
  const history = (await repo.walk({ tips: [commit] })).map(({ id }) => id);
  for (let at = 0; at < history.length; at += HISTORY_BATCH) {
    const trees: ObjectId[] = [];
    for (const id of history.slice(at, at + HISTORY_BATCH)) trees.push(await treeOfCommit(repo, id));
    const roots = await readTrees(repo, trees);
    const shards = roots.map((root) => root.filter(({ mode: kind, name }) => isTreeMode(kind) && isShardName(name)));
    const ids = [...new Set(shards.flat().map(({ id }) => id))];
    const contents = new Map((await readTrees(repo, ids)).map((entries, i) => [ids[i], entries]));
    for (const { name, id } of shards.flat()) {
      for (const [checkpoint, folder] of checkpointsIn(name, contents.get(id) ?? [])) {
        const known = versions.get(checkpoint);
        if (known === undefined) versions.set(checkpoint, [folder]);
        else if (known.at(-1) !== folder) known.push(folder);
      }
    }
  }
  return versions;
}

/** The tree of a commit. Throws `BadObjectError` where the commit is absent, no commit, or malformed. */
export async function treeOfCommit(repo: Repository, commit: ObjectId): Promise<ObjectId> {
  const [object] = await repo.readObjects([commit]);
  if (object?.type !== 'commit') {
    throw new BadObjectError(
      commit,
      `${commit} should be a commit, but ${object ? `is a ${object.type}` : 'is absent'}`,
    );
  }
  try {
    return parseCommit(object.content).tree;
  } catch (error) {
    throw new BadObjectError(commit, `the commit ${commit} can't be read: ${(error as Error).message}`);
  }
}

/** Makes the root tree of a generation out of its checkpoints' folders and the other entries of its root. */
export function generationTree(
  sink: ObjectSink,
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
  others: readonly TreeEntry[] = [],
): ObjectId {
  const shards = new Map<string, TreeEntry[]>();
  for (const [checkpoint, id] of checkpoints) {
    const [shard, rest] = shardNames(checkpoint);
    const entries = shards.get(shard) ?? [];
    entries.push({ mode: '40000', name: rest, id });
    shards.set(shard, entries);
  }
  const root = [...shards].map(([name, entries]) => ({ mode: '40000', name, id: addTree(sink, entries) }));
  return addTree(sink, [...root, ...others]);
}

/** Stores a tree of entries in any order. */
function addTree(sink: ObjectSink, entries: TreeEntry[]): ObjectId {
  return sink.add('tree', serializeTree(entries.sort(compareEntries)));
}

/** The span of a generation: over all sessions of its checkpoints, in the order of their IDs. */
export function generationSpan(checkpoints: Iterable<CheckpointId>, createdAt: CreatedAtLookup): GenerationSpan {
  return spanOf([...checkpoints].sort().flatMap((id) => createdAt(id)));
}

/** An archived generation as it is written: its commit, and what the manifest tells of it. */
export interface WrittenArchive {
  readonly number: number;
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly checkpoints: readonly CheckpointId[];
  readonly span: GenerationSpan;
}

/** Makes an archived generation: one commit without a parent, which follows from its content alone. */
export function writeArchive(
  sink: ObjectSink,
  number: number,
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
  span: GenerationSpan,
  others: readonly TreeEntry[] = [],
): WrittenArchive {
  const json = { mode: '100644', name: GENERATION_FILE, id: sink.add('blob', generationJson(span)) };
  const tree = generationTree(sink, checkpoints, [...others, json]);
  const commit = orphanCommit(sink, tree, `Archive generation ${generationName(number)}\n`, span.newest);
  return { number, commit, tree, checkpoints: [...checkpoints.keys()], span };
}

/** The commit that `full/current` starts with after a backfill or a rotation. `newest` dates it. */
export function startCommit(sink: ObjectSink, tree: ObjectId, newest: CreatedAt | undefined): ObjectId {
  return orphanCommit(sink, tree, 'Start generation\n', newest);
}

/** A commit without a parent, by this program, dated by the newest session of what it holds. */
export function orphanCommit(
  sink: ObjectSink,
  tree: ObjectId,
  message: string,
  newest: CreatedAt | undefined,
): ObjectId {
  const identity = generationIdentity(newest);
  const headers = [`author ${identity}`, `committer ${identity}`];
  return sink.add('commit', serializeCommit({ tree, parents: [], headers, message }));
}
