import { type CheckpointId, shardNames } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAtLookup, type GenerationSpan, spanOf, tryGenerationJson } from '../checkpoint/created-at.ts';
import { GENERATION_FILE } from '../checkpoint/files.ts';
import { addTree } from '../git/add-tree.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { readTree } from '../git/read-trees.ts';
import { contentIn, readDocuments } from '../git/read-usable.ts';
import type { ObjectSink, Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { checkpointFolders, isShardEntry } from '../layout/checkpoint-walk.ts';
import { foldersInHistory } from '../layout/history.ts';

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
  const [checkpoints = new Map()] = await checkpointFolders(repo, [root]);
  const json = root.find((entry) => entry.name === GENERATION_FILE && !isTreeMode(entry.mode));
  const others = root.filter((entry) => !isShardEntry(entry) && entry !== json);
  return { commit, tree, checkpoints, json: json?.id, others };
}

/**
 * How `full/current` is written: its tree *accumulates* what was written, or shows the last write alone (`replace`, the first
 * design of the layout), and leaves the earlier ones to the history of the ref.
 */
export type FullCurrentMode = 'accumulate' | 'replace';

/** The folders of each checkpoint in the history of `full/current`, from the oldest to the newest, as often as they changed. */
export async function readVersions(repo: Repository, commit: ObjectId): Promise<Map<CheckpointId, ObjectId[]>> {
  const versions = new Map<CheckpointId, ObjectId[]>();
  const history = await repo.walk({ tips: [commit] });
  const commits = idsOf(history);
  for await (const { folders } of foldersInHistory(repo, commits)) {
    for (const [checkpoint, folder] of folders) {
      const known = versions.get(checkpoint);
      if (known === undefined) versions.set(checkpoint, [folder]);
      else if (known.at(-1) !== folder) known.push(folder);
    }
  }
  return versions;
}

/** The root tree of a generation that holds these folders, and other entries at its root. */
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

/** The span of a generation: over all sessions of its checkpoints, in the order of their IDs. */
export function generationSpan(checkpoints: Iterable<CheckpointId>, createdAt: CreatedAtLookup): GenerationSpan {
  return spanOf([...checkpoints].sort().flatMap((id) => createdAt(id)));
}

/** What the `generation.json` of each generation says; `undefined` where it is absent or can't be read. */
export async function readSpans(
  repo: Repository,
  generations: ReadonlyArray<Pick<GenerationContent, 'json'>>,
): Promise<Array<GenerationSpan | undefined>> {
  const files = generations.flatMap(({ json }) => json ?? []);
  const documents = await readDocuments(repo, files);
  const contents = new Map(files.map((id, i) => [id, contentIn(documents[i])]));
  return generations.map(({ json }) => json && tryGenerationJson(contents.get(json)));
}
