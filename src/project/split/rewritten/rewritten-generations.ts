import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import { greatest } from '../../../checkpoint/greatest.ts';
import { assign, pick } from '../../../generations/assign.ts';
import { type GenerationContent, generationSpan } from '../../../generations/generation.ts';
import { materialize, type WantedArchive } from '../../../generations/materialize.ts';
import { recordedSize } from '../../../generations/size.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import type { RefUpdate } from '../../../git/repository.ts';
import type { ArchiveRef } from '../../../layout/layout-refs.ts';
import { generationNumber } from '../../../layout/ref-names.ts';
import { arrivalOrderOf } from '../../arrival-lookup.ts';
import { hashingSink, Projection } from '../../projection.ts';
import { readCreatedAt } from '../../read-created-at.ts';
import type { GenerationUpdates } from '../generation-update.ts';
import { onlyInHistory, stillCurrent } from '../only-in-history.ts';
import type { PlanContext } from '../plan-context.ts';
import type { RewrittenHistory } from './rewritten-history.ts';

/** An archive with what it holds. */
interface Archive {
  readonly ref: ArchiveRef;
  readonly content: GenerationContent;
}

/** Where checkpoints lie, and with which folders, before anything is assigned. */
interface Pool {
  /** Archives whose checkpoints stay in them, whatever order they arrived in. */
  readonly fixed: readonly Archive[];
  /** Archives that stay only as long as they hold what has arrived by now in this order. */
  readonly open: readonly Archive[];
  /** Folders of all checkpoints that the open archives and `full/current` hold or are to hold. */
  readonly folders: Map<CheckpointId, ObjectId>;
  /** Folders of checkpoints of fixed archives that changed; `null`: it is gone. */
  readonly changed: Map<CheckpointId, ObjectId | null>;
}

/**
 * Brings the generations up to a V1 that was rewritten. An archive stays where it is as long as the checkpoints in it are those that
 * arrived then in the new V1; from the first that is not, the checkpoints are assigned again, as a fresh clone would. What changed is
 * replaced where it lies. What was pruned stays away, and archives up to the last one that was pruned keep what they hold.
 */
export async function rewriteGenerations(context: PlanContext, history: RewrittenHistory): Promise<GenerationUpdates> {
  const { repo, refs, state, writer, maxCheckpoints: max, sizeRecord } = context;
  const pool = await findPool(context, history);
  const needsOrder = pool.open.length > 0 || pool.folders.size >= max;
  const ids = new Set(pool.folders.keys());
  const order = needsOrder ? await orderOf(context, history, ids) : [...ids].sort();
  const isResizing = await isResized(context);
  const kept = inOrder(pool.open, order, isResizing ? max : undefined);
  const held = new Set(kept.flatMap(({ content }) => [...content.checkpoints.keys()]));
  const arrivals = order.filter((id) => !held.has(id));
  const [firstOpen] = pool.open.slice(kept.length);
  const next = firstOpen?.ref.number ?? (await state.nextNumber());
  const { archives: made, current } = assign({ arrivals, max, next });
  const unmade = pool.open.slice(kept.length).filter(({ ref }) => !made.has(ref.number));
  const archives: WantedArchive[] = [
    ...[...pool.fixed, ...kept].flatMap((archive) => withChanges(archive, pool, history)),
    ...[...made].map(([number, of]) => ({ number, checkpoints: pick(pool.folders, of) })),
    ...unmade.map(({ ref }) => ({ number: ref.number, checkpoints: new Map<CheckpointId, ObjectId>() })),
  ];
  const spanOf = async (of: readonly CheckpointId[]) =>
    generationSpan(of, await readCreatedAt(repo, history.tip.entries, of));
  const sources = { repo, sink: writer, state, main: refs.main, sizeRecord, spanOf };
  const wanted = { archives, current: { checkpoints: pick(pool.folders, current) }, forgetsEmptied: isResizing };
  const { updates } = await materialize(sources, wanted);
  const isArchive = ({ ref }: RefUpdate) => generationNumber(ref) !== undefined;
  const added = updates.filter((update) => isArchive(update) && update.old === null).length;
  const deleted = updates.filter((update) => isArchive(update) && update.new === null).length;
  return {
    updates,
    archives: refs.archives.length + added - deleted,
    changedArchives: updates.filter(isArchive).length,
    currentCheckpoints: current.length,
  };
}

/** The order in which checkpoints arrived. To ask the history again for all of them would take longer the more there are, twice over. */
async function orderOf(
  { repo, v1 }: PlanContext,
  { arrivals }: RewrittenHistory,
  ids: ReadonlySet<CheckpointId>,
): Promise<readonly CheckpointId[]> {
  if (arrivals === undefined) return arrivalOrderOf(repo, v1.id, ids);
  const known = new Set(arrivals);
  return [...[...ids].filter((id) => !known.has(id)).sort(), ...arrivals.filter((id) => ids.has(id))];
}

async function findPool(context: PlanContext, history: RewrittenHistory): Promise<Pool> {
  const { repo, refs, state, writer } = context;
  const projection = new Projection(repo, hashingSink(repo.objectFormat));
  const foldersOf = (side: 'before' | 'now') =>
    new Map([...history.pairs].flatMap(([id, pair]) => (pair[side] === undefined ? [] : [[id, pair[side]] as const])));
  const now = projection.fullTrees.store(writer, await projection.projectCheckpoints(foldersOf('now')));
  const before = await projection.projectCheckpoints(foldersOf('before'));
  const open = await openArchives(context, history);
  const folders = new Map<CheckpointId, ObjectId>();
  for (const { content } of open) for (const [id, folder] of content.checkpoints) folders.set(id, folder);
  const past = (await onlyInHistory(context)).keys();
  for (const [id, folder] of await stillCurrent(context, history.tip, past)) folders.set(id, folder);
  for (const [id, folder] of (await state.current())?.checkpoints ?? []) folders.set(id, folder);
  const elsewhere = new Set([...history.pairs.keys()].filter((id) => !folders.has(id)));
  const openNumbers = new Set(open.map(({ ref }) => ref.number));
  const located = await state.locate({ changed: elsewhere, unplaced: new Set() });
  const touched = new Set([...located.values()].filter(({ number }) => !openNumbers.has(number)));
  const pruned = await state.pruned();
  const changed = new Map<CheckpointId, ObjectId | null>();
  for (const id of history.pairs.keys()) {
    const folder = now.get(id);
    if (folders.has(id)) {
      if (folder === undefined) folders.delete(id);
      else folders.set(id, folder);
    } else if (located.has(id)) {
      changed.set(id, folder ?? null);
    } else if (folder !== undefined && before.get(id)?.full !== folder && !(pruned.has(id) && history.isUnrelated)) {
      folders.set(id, folder);
    }
  }
  const fixed = await Promise.all(
    refs.archives.filter((ref) => touched.has(ref)).map(async (ref) => ({ ref, content: await state.archive(ref) })),
  );
  return { fixed, open, folders, changed };
}

/**
 * The archives that may hold other checkpoints now: from the first on that has one whose place in the order may have changed. One that
 * comes before an archive that was pruned or brought back is not among them: V1 does not give what those hold.
 */
async function openArchives(context: PlanContext, history: RewrittenHistory): Promise<Archive[]> {
  const { refs, state, maxCheckpoints } = context;
  const last = greatest(await state.touched(maxCheckpoints), 0);
  let first = 1;
  if (history.arrived !== undefined && !(await isResized(context))) {
    const located = await state.locate({ changed: history.arrived, unplaced: new Set() });
    first = Math.min(Number.POSITIVE_INFINITY, ...[...located.values()].map(({ number }) => number));
  }
  const open = refs.archives.filter(({ number }) => number > last && number >= first);
  return Promise.all(open.map(async (ref) => ({ ref, content: await state.archive(ref) })));
}

/** Whether generations get another size than the one that they were made with. */
async function isResized({ repo, state, sizeRecord }: PlanContext): Promise<boolean> {
  if (sizeRecord === undefined) return false;
  const recorded = await recordedSize(repo, await state.manifest());
  return recorded?.maxCheckpoints !== sizeRecord.maxCheckpoints;
}

/** The archives from the first on that hold what arrived first, each the next ones, of the `size` that is asked for. */
function inOrder(archives: readonly Archive[], order: readonly CheckpointId[], size: number | undefined): Archive[] {
  const kept: Archive[] = [];
  let at = 0;
  for (const archive of archives) {
    const { checkpoints } = archive.content;
    const next = order.slice(at, at + checkpoints.size);
    if (size !== undefined && checkpoints.size !== size) break;
    if (next.length < checkpoints.size || next.some((id) => !checkpoints.has(id))) break;
    kept.push(archive);
    at += next.length;
  }
  return kept;
}

/** An archive with what changed in it, its times too; none where V1 has nothing else of its checkpoints. */
function withChanges(
  { ref, content }: Archive,
  { folders, changed }: Pool,
  { pairs }: RewrittenHistory,
): WantedArchive[] {
  const checkpoints = new Map<CheckpointId, ObjectId>();
  for (const [id, folder] of content.checkpoints) {
    const now = changed.has(id) ? changed.get(id) : (folders.get(id) ?? folder);
    if (now) checkpoints.set(id, now);
  }
  const isSame = [...content.checkpoints].every(([id, folder]) => {
    const { before, now } = pairs.get(id) ?? {};
    return checkpoints.get(id) === folder && before === now;
  });
  return isSame ? [] : [{ number: ref.number, base: content, checkpoints }];
}
