import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import { assign, pick } from '../../../generations/assign.ts';
import { generationSpan } from '../../../generations/generation.ts';
import type { GenerationChange } from '../../../generations/manifest-update.ts';
import { materialize, type WantedArchive, type WantedGenerations } from '../../../generations/materialize.ts';
import type { ObjectId, RefName } from '../../../git/object-id.ts';
import type { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { RefUpdate } from '../../../git/repository.ts';
import type { TreeEntry } from '../../../git/tree.ts';
import { CURRENT_REF } from '../../../layout/ref-names.ts';
import { arrivalOrderOf } from '../../arrival-lookup.ts';
import { readCreatedAtOfEither } from '../../read-created-at.ts';
import type { PlanContext } from '../plan-context.ts';
import { contentOf, type ForeignSplit } from './foreign-split.ts';
import { staleEntries } from './stale-entries.ts';
import { type TipStamp, tipCommit } from './tip-commit.ts';

/** The folders that checkpoints get in generations, for those that do not stay as they are. */
export type FoldersByGeneration = ReadonlyMap<RefName, ReadonlyMap<CheckpointId, ObjectId>>;

/** What the generations are brought up to. */
export interface ForeignGenerationNews {
  readonly v2: ForeignSplit;
  readonly folders: FoldersByGeneration;
  /** The entries of V1's root tree at its tip. */
  readonly branchRoot: readonly TreeEntry[];
  readonly isInV1: (checkpoint: CheckpointId) => boolean;
  readonly stamp: TipStamp;
  /** Generations whose `generation.json` is wrong, or, in `full/current`, one too many. */
  readonly remade: ReadonlySet<RefName>;
  /** Archives that are lost, or hold nothing: what was in them goes to `full/current`. */
  readonly emptied: readonly number[];
}

/** What becomes of the generations. */
export interface ForeignGenerationUpdates {
  /** Archives first, then `full/current` and the manifest. */
  readonly updates: readonly RefUpdate[];
  /** Archives that are made or changed. */
  readonly changed: number;
  readonly rotated: number;
  readonly currentCheckpoints: number;
  readonly warnings: readonly string[];
}

/** Adds to the generations of another writer. What is added to `full/current` fills it up: it is rotated like our own. */
export async function updateForeignGenerations(
  context: PlanContext,
  trees: ObjectOverlay,
  news: ForeignGenerationNews,
): Promise<ForeignGenerationUpdates> {
  const { repo, refs, state, sizeRecord } = context;
  const { v2, branchRoot } = news;
  const changed = changedArchives(news);
  const current = await changedCurrent(context, trees, news);
  const archives = [...changed, ...current.archives];
  const stale = await staleEntries(repo, state, v2, new Set(archives.map(({ number }) => number)));
  const emptied = news.emptied.map((number): GenerationChange => ({ kind: 'emptied', number }));
  const spanOf = (ids: readonly CheckpointId[]) => spanOfEither(context, branchRoot, v2, ids);
  const sources = { repo, sink: trees, state, main: refs.main, sizeRecord, spanOf };
  const wanted = { archives, current: current.current, changes: [...stale, ...emptied] };
  const { updates } = await materialize(sources, wanted);
  return {
    updates,
    changed: archives.length,
    rotated: current.archives.length,
    currentCheckpoints: current.currentCheckpoints,
    warnings: current.warnings,
  };
}

/** Archives that get transcripts, or that lack the `generation.json` which retention by age needs. */
function changedArchives({ v2, folders, remade }: ForeignGenerationNews): WantedArchive[] {
  return v2.archives.flatMap((archive) => {
    const [number, content] = [archive.number, contentOf(archive)];
    if (number === undefined || content === undefined) return [];
    const added = folders.get(archive.ref) ?? new Map<CheckpointId, ObjectId>();
    const isRight = (content.json !== undefined && !remade.has(archive.ref)) || content.checkpoints.size === 0;
    if (added.size === 0 && isRight) return [];
    const checkpoints = new Map([...content.checkpoints, ...added]);
    return [{ number, base: content, checkpoints, keepsHistory: true }];
  });
}

interface ChangedCurrent extends WantedGenerations, Pick<ForeignGenerationUpdates, 'currentCheckpoints' | 'warnings'> {}

async function changedCurrent(
  context: PlanContext,
  trees: ObjectOverlay,
  news: ForeignGenerationNews,
): Promise<ChangedCurrent> {
  const { state, repo, v1, maxCheckpoints: max } = context;
  const { v2, stamp, branchRoot } = news;
  const base = contentOf(v2.current);
  const folders = news.folders.get(CURRENT_REF) ?? new Map<CheckpointId, ObjectId>();
  const checkpoints = new Map([...v2.current.checkpoints, ...folders]);
  const nothing = { archives: [], currentCheckpoints: checkpoints.size, warnings: [] };
  const keepsJson = !news.remade.has(CURRENT_REF);
  if (folders.size === 0 && base !== undefined && keepsJson) return nothing;
  const isFull = checkpoints.size >= max;
  const mayRotate = isFull && (await canRotate(context, news, checkpoints));
  if (base !== undefined && !mayRotate) {
    const onTop = (tree: ObjectId) =>
      trees.add('commit', tipCommit(stamp, 'Add transcripts missing from V2', tree, base.commit));
    return { ...nothing, current: { checkpoints, base, keepsJson, onTop }, warnings: isFull ? [NOT_ROTATED] : [] };
  }
  const arrivals = mayRotate ? await arrivalOrderOf(repo, v1.id, new Set(checkpoints.keys())) : checkpoints.keys();
  const { archives, current } = assign({ arrivals, max, next: await state.nextNumber() });
  // An empty full/current is dated by the newest of all archives, in V1's times.
  const all = [...[...archives.values()].flat(), ...archivedIn(v2)];
  const newest = async () => (await spanOfEither(context, branchRoot, v2, all)).newest;
  return {
    archives: [...archives].map(([number, ids]) => ({ number, checkpoints: pick(checkpoints, ids) })),
    current: { checkpoints: pick(checkpoints, current), base, keepsJson, newest },
    currentCheckpoints: current.length,
    warnings: [],
  };
}

const NOT_ROTATED = `${CURRENT_REF} holds more than a generation should, and was not archived: only its history has some of its checkpoints`;

/**
 * A rotation cuts off the history of `full/current`: not where that history alone has some checkpoint, as with the first
 * writers of V2, who replaced the whole tree with each write; nor where the history can't be read to its end.
 */
async function canRotate(
  { state }: PlanContext,
  { v2, isInV1 }: ForeignGenerationNews,
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<boolean> {
  const history = await state.readableHistory();
  const archived = new Set(archivedIn(v2));
  const isCovered = (id: CheckpointId) => checkpoints.has(id) || archived.has(id) || isInV1(id);
  return history !== undefined && [...history.keys()].every(isCovered);
}

function archivedIn({ archives }: ForeignSplit): CheckpointId[] {
  return archives.flatMap(({ checkpoints }) => [...checkpoints.keys()]);
}

/** V1's times, since other programs have reset `created_at`; `main`'s for checkpoints that V1 lacks. */
async function spanOfEither(
  { repo }: PlanContext,
  branchRoot: readonly TreeEntry[],
  { main }: ForeignSplit,
  checkpoints: readonly CheckpointId[],
) {
  return generationSpan(checkpoints, await readCreatedAtOfEither(repo, branchRoot, main.tree, checkpoints));
}
