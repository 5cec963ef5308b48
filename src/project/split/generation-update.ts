import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { SOURCE_COMMIT_TRAILER } from '../../checkpoint/commit-message.ts';
import { type Arrivals, assign, CURRENT, pick } from '../../generations/assign.ts';
import { type GenerationContent, generationSpan } from '../../generations/generation.ts';
import { materialize, type WantedArchive, type WantedCurrent } from '../../generations/materialize.ts';
import { parseCommit, serializeCommit } from '../../git/commit.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { RefUpdate } from '../../git/repository.ts';
import type { ArchiveRef } from '../../layout/layout-refs.ts';
import { generationNumber } from '../../layout/ref-names.ts';
import { arrivalOrderOf } from '../arrival-lookup.ts';
import type { ProjectedCheckpoint, ProjectedRoot } from '../projection.ts';
import { readCreatedAt } from '../read-created-at.ts';
import { lostCurrent } from './lost-current.ts';
import { onlyInHistory, stillCurrent } from './only-in-history.ts';
import type { PlanContext } from './plan-context.ts';

/** What V1 has got since V2 was last brought up to date, as far as generations are concerned. */
export interface GenerationNews {
  /** V1's root tree at its tip. */
  readonly tip: ProjectedRoot;
  /** Checkpoints that are not as they were, new ones included; `null` stands for one that is gone. */
  readonly changes: ReadonlyMap<CheckpointId, ProjectedCheckpoint | null>;
  /** What they have on `full/*` now; the trees are stored. */
  readonly full: ReadonlyMap<CheckpointId, ObjectId>;
  /** What the changed checkpoints had on `full/*` before; nothing for a new one. */
  readonly before: ReadonlyMap<CheckpointId, ObjectId>;
}

/** What becomes of the generations. */
export interface GenerationUpdates {
  /** Archives first, then `full/current` and the manifest. */
  readonly updates: readonly RefUpdate[];
  /** Archives there are afterwards. */
  readonly archives: number;
  /** Archives that are made, changed or deleted. */
  readonly changedArchives: number;
  readonly currentCheckpoints: number;
}

/** The checkpoints that lie in `full/current`, or are to be placed, and where each of them lies now. */
interface Placing {
  /** The folders that they have at V1's tip. */
  readonly folders: Map<CheckpointId, ObjectId>;
  readonly lying: Omit<Arrivals, 'arrivals' | 'max' | 'next'>;
  /** Those whose folder in `full/current` changes. */
  readonly written: ReadonlySet<CheckpointId>;
  readonly archived: ReadonlyMap<CheckpointId, ArchiveRef>;
  /** A rotation that was cut off between moving the archives and `full/current` leaves checkpoints in both. */
  readonly wasCutOff: boolean;
}

/**
 * Brings the generations up to V1's tip: a transcript that was finalized is replaced where it lies, a new one is added to
 * `full/current`, and a full generation is archived. A transcript that lies nowhere and has not changed was pruned (or lost,
 * which verify reports), and does not come back.
 */
export async function updateGenerations(context: PlanContext, news: GenerationNews): Promise<GenerationUpdates> {
  const { repo, refs, state, v1, writer, maxCheckpoints: max, sizeRecord } = context;
  const before = await state.current();
  const placing = await findPlaces(context, news, before);
  const { folders, lying, wasCutOff } = placing;
  const inCurrent = () => assign({ ...lying, arrivals: folders.keys(), max: CURRENT, next: 1 }).current;
  if (before !== undefined && (inCurrent().length >= max || wasCutOff)) await gatherPast(context, news, folders);
  const ids = inCurrent();
  const arrivals = ids.length < max ? ids : await arrivalOrderOf(repo, v1.id, new Set(ids));
  const assignment = assign({ ...lying, arrivals, max, next: await state.nextNumber() });
  const archives = [...assignment.archives].map(([number, made]) => ({ number, checkpoints: pick(folders, made) }));
  const held = pick(folders, assignment.current);
  const current =
    before === undefined || archives.length > 0 || wasCutOff
      ? { checkpoints: held, base: before }
      : await addedToCurrent(context, before, lastWrite(context, before, held, placing));
  const changed = await changedArchives(context, news, placing.archived);
  const spanOf = async (of: readonly CheckpointId[]) =>
    generationSpan(of, await readCreatedAt(repo, news.tip.entries, of));
  const sources = { repo, sink: writer, state, main: refs.main, sizeRecord, spanOf };
  const { updates, emptied } = await materialize(sources, { archives: [...changed, ...archives], current });
  return {
    updates,
    archives: refs.archives.length + archives.length - emptied.length,
    changedArchives: updates.filter(({ ref }) => generationNumber(ref) !== undefined).length,
    currentCheckpoints: held.size,
  };
}

/** Finds out where the checkpoints lie that `full/current` holds, or that have changed. */
async function findPlaces(
  context: PlanContext,
  news: GenerationNews,
  before: GenerationContent | undefined,
): Promise<Placing> {
  const past = context.fullCurrentMode === 'replace' && before !== undefined ? await onlyInHistory(context) : [];
  const held = new Map([...past, ...(before?.checkpoints ?? (await lostCurrent(context)))]);
  const archived = await context.state.locate({
    changed: new Set([...news.before.keys()].filter((id) => !held.has(id))),
    unplaced: new Set([...held.keys(), ...[...news.full.keys()].filter((id) => !news.before.has(id))]),
  });
  const folders = new Map(held);
  const written = new Set<CheckpointId>();
  const pruned = new Set<CheckpointId>();
  for (const id of news.changes.keys()) {
    const tree = news.full.get(id);
    if (tree === undefined) folders.delete(id);
    else folders.set(id, tree);
    if (tree !== undefined && held.get(id) !== tree) written.add(id);
    if (tree !== undefined && news.before.get(id) === tree) pruned.add(id);
  }
  const wasCutOff = [...archived.keys()].some((id) => held.has(id));
  return { folders, lying: { held, archived, pruned }, written, archived, wasCutOff };
}

/**
 * Before `full/current` starts again, and its history goes: what that has alone is taken along, whatever the mode is now;
 * but not what V1 has no more, and what an archive has.
 */
async function gatherPast(
  context: PlanContext,
  news: GenerationNews,
  folders: Map<CheckpointId, ObjectId>,
): Promise<void> {
  const past = [...(await onlyInHistory(context)).keys()].filter((id) => !news.changes.has(id));
  const wanted = await stillCurrent(context, news.tip, past);
  for (const id of past) {
    const tree = wanted.get(id);
    if (tree === undefined) folders.delete(id);
    else folders.set(id, tree);
  }
}

/** What `full/current` shows: in `replace` mode what this run has written; where that is nothing, what it showed before. */
function lastWrite(
  { fullCurrentMode }: PlanContext,
  before: GenerationContent,
  held: ReadonlyMap<CheckpointId, ObjectId>,
  { written }: Placing,
): ReadonlyMap<CheckpointId, ObjectId> {
  if (fullCurrentMode === 'accumulate') return held;
  const isWritten = [...held.keys()].some((id) => written.has(id));
  const shown = isWritten ? written : new Set(before.checkpoints.keys());
  return new Map([...held].filter(([id]) => shown.has(id)));
}

/**
 * The archives of which something has changed: with what V1 has of it now, without what V1 has no more. The times of all
 * their checkpoints are read again: one of them may have changed.
 */
async function changedArchives(
  { state }: PlanContext,
  news: GenerationNews,
  archived: ReadonlyMap<CheckpointId, ArchiveRef>,
): Promise<WantedArchive[]> {
  const touched = new Set([...news.changes.keys()].flatMap((id) => archived.get(id) ?? []));
  const wanted: WantedArchive[] = [];
  for (const archive of touched) {
    const base = await state.archive(archive);
    const checkpoints = new Map(base.checkpoints);
    for (const id of base.checkpoints.keys()) {
      const tree = news.full.get(id);
      if (tree !== undefined) checkpoints.set(id, tree);
      else if (news.changes.has(id)) checkpoints.delete(id);
    }
    wanted.push({ number: archive.number, base, checkpoints });
  }
  return wanted;
}

/** `full/current` on top of what is there, by the author of V1's tip. */
async function addedToCurrent(
  { repo, writer, v1 }: PlanContext,
  base: GenerationContent,
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<WantedCurrent> {
  const [branchCommit] = await repo.readObjects([v1.id]);
  const { headers } = parseCommit(branchCommit?.content ?? Buffer.alloc(0));
  const onTop = (tree: ObjectId, parents: readonly ObjectId[]) => {
    if (tree === base.tree) return undefined;
    const commit = serializeCommit({
      tree,
      parents,
      headers: headers.filter((line) => /^(?:author|committer|encoding) /.test(line)),
      message: `Update transcripts\n\n${SOURCE_COMMIT_TRAILER}: ${v1.id}\n`,
    });
    return writer.add('commit', commit);
  };
  return { checkpoints, base, onTop };
}
