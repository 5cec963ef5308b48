import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { GENERATION_FILE } from '../../checkpoint/files.ts';
import { startCommit, type WrittenArchive } from '../../generations/generation.ts';
import { nextNumber } from '../../generations/manifest.ts';
import type { GenerationChange } from '../../generations/manifest-update.ts';
import { archiveHeld } from '../../generations/rotation.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import type { RefUpdate } from '../../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../../git/tree.ts';
import { generationRef, V2_CURRENT_REF } from '../../layout/ref-names.ts';
import { arrivalOrderOf } from '../../project/arrival-lookup.ts';
import type { PlanContext } from '../planning.ts';
import { changedArchive, spanOfGeneration } from './archives.ts';
import type { ForeignGeneration, ForeignV2 } from './foreign-v2.ts';
import { isHistoryCovered } from './history-coverage.ts';
import { placeFolders } from './place-folders.ts';
import type { StagedObjects } from './staged-objects.ts';
import { type TipStamp, tipCommit } from './tip-commit.ts';

/** The folders that checkpoints get in generations, for those that do not stay as they are. */
export type GenerationFolders = ReadonlyMap<ForeignGeneration, ReadonlyMap<CheckpointId, ObjectId>>;

/** What the generations are brought up to. */
export interface GenerationNews {
  readonly v2: ForeignV2;
  readonly folders: GenerationFolders;
  /** The entries of V1's root tree at its tip. */
  readonly v1Root: readonly TreeEntry[];
  readonly isInV1: (checkpoint: CheckpointId) => boolean;
  readonly stamp: TipStamp;
  /** Generations whose `generation.json` is wrong, or, in `full/current`, one too many. */
  readonly remade: ReadonlySet<RefName>;
}

/** What becomes of the generations. */
export interface GenerationUpdates {
  /** Archives first, `full/current` last. */
  readonly updates: readonly RefUpdate[];
  /** What becomes of the archives, for the manifest. */
  readonly changes: readonly GenerationChange[];
  readonly rotated: number;
  readonly currentCheckpoints: number;
  readonly warnings: readonly string[];
}

/** Adds to the generations of another writer. What is added to `full/current` fills it up: it is rotated like our own. */
export async function updateForeignGenerations(
  context: PlanContext,
  trees: StagedObjects,
  news: GenerationNews,
): Promise<GenerationUpdates> {
  const archives = await updateArchives(context, trees, news);
  const current = await updateCurrent(context, trees, news);
  return {
    ...current,
    updates: [...archives.map(({ update }) => update), ...current.updates],
    changes: [...archives.map(({ change }) => change), ...current.changes],
  };
}

/** An archive that is made or changed. */
interface ArchiveUpdate {
  readonly update: RefUpdate;
  readonly change: GenerationChange;
}

/** Archives that get transcripts, or that lack the `generation.json` which retention by age needs. */
async function updateArchives(
  { repo }: PlanContext,
  trees: StagedObjects,
  news: GenerationNews,
): Promise<ArchiveUpdate[]> {
  const updates: ArchiveUpdate[] = [];
  for (const archive of news.v2.archives) {
    const folders = news.folders.get(archive) ?? new Map<CheckpointId, ObjectId>();
    const { number, commit, json, checkpoints } = archive;
    const isRight = (json !== undefined && !news.remade.has(archive.ref)) || checkpoints.size === 0;
    const lacksNothing = folders.size === 0 && isRight;
    if (lacksNothing || number === undefined || commit === undefined) continue;
    const span = await spanOfGeneration(repo, news.v1Root, news.v2, [...checkpoints.keys()]);
    const written = await changedArchive(repo, trees, { ...archive, number, commit }, folders, span);
    const update = { ref: archive.ref, old: commit, new: written.commit };
    updates.push({ update, change: { kind: 'archived', ...written } });
  }
  return updates;
}

async function updateCurrent(
  context: PlanContext,
  trees: StagedObjects,
  news: GenerationNews,
): Promise<GenerationUpdates> {
  const { repo, maxCheckpoints } = context;
  const { v2, stamp } = news;
  const { current } = v2;
  const folders = news.folders.get(current) ?? new Map<CheckpointId, ObjectId>();
  const checkpoints = new Map([...current.checkpoints, ...folders]);
  const nothing = { updates: [], changes: [], rotated: 0, currentCheckpoints: checkpoints.size, warnings: [] };
  const hasJson = news.remade.has(current.ref);
  if (folders.size === 0 && current.commit !== undefined && !hasJson) return nothing;
  const placed = await placeFolders(trees, current.tree, folders);
  const tree = hasJson ? await withoutJson(trees, placed) : placed;
  const isFull = checkpoints.size >= maxCheckpoints;
  const mayRotate = isFull && (await canRotate(context, news, checkpoints));
  if (current.commit !== undefined && !mayRotate) {
    const commit = tipCommit(stamp, 'Add transcripts missing from V2', tree, current.commit);
    const update = { ref: V2_CURRENT_REF, old: current.commit, new: trees.add('commit', commit) };
    return { ...nothing, updates: [update], warnings: isFull ? [NOT_ROTATED] : [] };
  }
  const rotations = mayRotate ? await rotate(context, trees, news, checkpoints) : [];
  const archived = rotations.flatMap(({ checkpoints: ids }) => ids);
  const rest = await placeFolders(trees, tree, new Map(archived.map((id) => [id, null])));
  // An empty full/current is dated by the newest of all archives.
  const dating = checkpoints.size > 0 ? [...checkpoints.keys()] : [...archived, ...archivedIn(v2)];
  const { newest } = await spanOfGeneration(repo, news.v1Root, v2, dating);
  const start = { ref: V2_CURRENT_REF, old: current.commit ?? null, new: startCommit(trees, rest, newest) };
  return {
    updates: [
      ...rotations.map(({ number, commit }) => ({ ref: generationRef(number), old: null, new: commit })),
      start,
    ],
    changes: rotations.map((archive) => ({ kind: 'archived', ...archive })),
    rotated: rotations.length,
    currentCheckpoints: checkpoints.size,
    warnings: [],
  };
}

async function withoutJson(trees: StagedObjects, root: ObjectId): Promise<ObjectId> {
  const entries = await trees.tree(root);
  return trees.addTree(entries.filter(({ name, mode }) => name !== GENERATION_FILE || isTreeMode(mode)));
}

const NOT_ROTATED = `${V2_CURRENT_REF} holds more than a generation should, and was not archived: only its history has some of its checkpoints`;

/** A rotation cuts off the history of `full/current`: not where that history alone has some checkpoint. */
async function canRotate(
  { repo }: PlanContext,
  { v2, isInV1 }: GenerationNews,
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<boolean> {
  const { commit } = v2.current;
  if (commit === undefined) return true;
  const archived = new Set(archivedIn(v2));
  return isHistoryCovered(repo, commit, (id) => checkpoints.has(id) || archived.has(id) || isInV1(id));
}

function archivedIn({ archives }: ForeignV2): CheckpointId[] {
  return archives.flatMap(({ checkpoints }) => [...checkpoints.keys()]);
}

/** Archives what is held as often as there is a generation's worth. What is archived is taken out of `checkpoints`. */
async function rotate(
  { repo, v1, refs, manifest, maxCheckpoints }: PlanContext,
  trees: StagedObjects,
  { v2, v1Root }: GenerationNews,
  checkpoints: Map<CheckpointId, ObjectId>,
): Promise<WrittenArchive[]> {
  return archiveHeld(trees, checkpoints, {
    number: nextNumber(manifest, refs.archives),
    maxCheckpoints,
    order: await arrivalOrderOf(repo, v1.id, new Set(checkpoints.keys())),
    spanOf: (ids) => spanOfGeneration(repo, v1Root, v2, ids),
  });
}
