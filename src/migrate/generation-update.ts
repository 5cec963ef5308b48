import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { V1_COMMIT_TRAILER } from '../checkpoint/commit-message.ts';
import type { GenerationSpan } from '../checkpoint/created-at.ts';
import { locateInArchives } from '../generations/archive-lookup.ts';
import {
  type GenerationContent,
  generationSpan,
  generationTree,
  readGeneration,
  startCommit,
  writeArchive,
} from '../generations/generation.ts';
import { nextNumber } from '../generations/manifest.ts';
import type { GenerationChange } from '../generations/manifest-update.ts';
import { archiveHeld, newestOfArchives } from '../generations/rotation.ts';
import { parseCommit, serializeCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { RefUpdate } from '../git/repository.ts';
import type { ArchiveRef } from '../layout/layout-refs.ts';
import { generationRef, V2_CURRENT_REF } from '../layout/ref-names.ts';
import { arrivalOrderOf } from '../project/arrival-lookup.ts';
import { readCreatedAt } from '../project/created-at.ts';
import type { ProjectedCheckpoint, ProjectedRoot } from '../project/projection.ts';
import { lostCurrent } from './lost-current.ts';
import { pastOfCurrent, stillCurrent } from './past-of-current.ts';
import { addFullTrees, type PlanContext } from './planning.ts';

/** What V1 has got since V2 was last brought up to date, as far as generations are concerned. */
export interface GenerationNews {
  /** V1's root tree at its tip. */
  readonly tip: ProjectedRoot;
  /** Checkpoints that are not as they were, new ones included; `null` stands for one that is gone. */
  readonly changes: ReadonlyMap<CheckpointId, ProjectedCheckpoint | null>;
  /** What the changed checkpoints had on `full/*` before; nothing for a new one. */
  readonly before: ReadonlyMap<CheckpointId, ObjectId>;
}

/** What becomes of the generations. */
export interface GenerationUpdates {
  /** Archives first, `full/current` last. */
  readonly updates: readonly RefUpdate[];
  /** What becomes of the archives, for the manifest. */
  readonly changes: readonly GenerationChange[];
  /** Archives there are afterwards. */
  readonly archives: number;
  readonly currentCheckpoints: number;
}

/**
 * Brings the generations up to V1's tip: a transcript that was finalized is replaced where it lies, a new one is added to
 * `full/current`, and a full generation is archived. A transcript that lies nowhere and has not changed was pruned (or lost,
 * which verify tells), and does not come back.
 */
export async function updateGenerations(context: PlanContext, news: GenerationNews): Promise<GenerationUpdates> {
  const { repo, refs, writer } = context;
  const before = refs.current === undefined ? undefined : await readGeneration(repo, refs.current);
  const full = addFullTrees(writer, news.changes);
  const isReplacing = context.fullCurrentMode === 'replace';
  const past = isReplacing && before !== undefined ? await pastOfCurrent(context, before) : [];
  const current = new Map([...past, ...(before?.checkpoints ?? (await lostCurrent(context)))]);
  const archived = await locateInArchives(repo, refs.archives, {
    changed: new Set([...news.before.keys()].filter((id) => !current.has(id))),
    unplaced: new Set([...current.keys(), ...[...full.keys()].filter((id) => !news.before.has(id))]),
  });
  // A rotation that was cut off between moving the archives and full/current leaves checkpoints in both.
  const wasCutOff = [...archived.keys()].filter((id) => current.delete(id)).length > 0;
  const written = new Set<CheckpointId>();
  for (const id of news.changes.keys()) {
    const tree = full.get(id);
    if (archived.has(id)) continue;
    if (tree === undefined) current.delete(id);
    else if (current.has(id) || news.before.get(id) !== tree) {
      if (current.get(id) !== tree) written.add(id);
      current.set(id, tree);
    }
  }
  if (before !== undefined && (current.size >= context.maxCheckpoints || wasCutOff)) {
    await gatherPast(context, news, before, current);
  }
  const changed = await updateArchives(context, news, archived, full);
  const rotations = await rotate(context, news.tip, current);
  const startsAgain = before === undefined || rotations.length > 0 || wasCutOff;
  const archives = [...changed, ...rotations];
  const currentUpdate = startsAgain
    ? await startCurrent(context, news.tip, { before, checkpoints: current, archives })
    : await addToCurrent(context, before, isReplacing ? lastWrite(before, current, written) : current);
  const removed = changed.filter(({ change }) => change.kind === 'emptied');
  return {
    updates: [...archives.flatMap(({ update }) => update ?? []), ...currentUpdate],
    changes: archives.map(({ change }) => change),
    archives: refs.archives.length + rotations.length - removed.length,
    currentCheckpoints: current.size,
  };
}

/**
 * Before `full/current` starts again, and its history goes: what that has alone is taken along, whatever the mode is now;
 * but not what V1 has no more, and what an archive has.
 */
async function gatherPast(
  context: PlanContext,
  news: GenerationNews,
  before: GenerationContent,
  current: Map<CheckpointId, ObjectId>,
): Promise<void> {
  const past = [...(await pastOfCurrent(context, before)).keys()].filter((id) => !news.changes.has(id));
  const wanted = await stillCurrent(context, news.tip, past);
  for (const id of past) {
    const tree = wanted.get(id);
    if (tree === undefined) current.delete(id);
    else current.set(id, tree);
  }
}

/** What `full/current` shows in `replace` mode: what this run has written; where that is nothing, what it showed before. */
function lastWrite(
  before: GenerationContent,
  current: ReadonlyMap<CheckpointId, ObjectId>,
  written: ReadonlySet<CheckpointId>,
): Map<CheckpointId, ObjectId> {
  const shown = written.size > 0 ? written : new Set(before.checkpoints.keys());
  return new Map([...current].filter(([id]) => shown.has(id)));
}

/** An archive that is made or changed. */
interface ArchiveUpdate {
  /** Absent where the archive is as it should be already, though what the manifest tells may be older. */
  readonly update?: RefUpdate;
  readonly change: GenerationChange;
  readonly span: GenerationSpan;
}

/**
 * Replaces what has changed in archives, and takes out what V1 has no more; an archive of which nothing is left is deleted.
 * The times of all their checkpoints are read again: one of them may have changed.
 */
async function updateArchives(
  context: PlanContext,
  news: GenerationNews,
  archived: ReadonlyMap<CheckpointId, ArchiveRef>,
  full: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<ArchiveUpdate[]> {
  const { repo, writer } = context;
  const touched = new Set([...news.changes.keys()].flatMap((id) => archived.get(id) ?? []));
  const updates: ArchiveUpdate[] = [];
  for (const archive of touched) {
    const content = await readGeneration(repo, archive.id);
    const checkpoints = new Map(content.checkpoints);
    for (const id of content.checkpoints.keys()) {
      const tree = full.get(id);
      if (tree !== undefined) checkpoints.set(id, tree);
      else if (news.changes.has(id)) checkpoints.delete(id);
    }
    const span = generationSpan(checkpoints.keys(), await readCreatedAt(repo, news.tip.entries, checkpoints.keys()));
    const isEmpty = checkpoints.size === 0 && content.others.length === 0;
    const { name: ref, id: old, number } = archive;
    if (isEmpty) {
      updates.push({ update: { ref, old, new: null }, change: { kind: 'emptied', number }, span });
      continue;
    }
    const written = writeArchive(writer, number, checkpoints, span, content.others);
    const change = { kind: 'archived', ...written } as const;
    updates.push({ ...(written.commit !== old && { update: { ref, old, new: written.commit } }), change, span });
  }
  return updates;
}

/** Archives `current` as often as it is full. What is archived is taken out of it. */
async function rotate(
  context: PlanContext,
  tip: ProjectedRoot,
  current: Map<CheckpointId, ObjectId>,
): Promise<ArchiveUpdate[]> {
  const { repo, v1, writer, refs, manifest, maxCheckpoints } = context;
  if (current.size < maxCheckpoints) return [];
  const archives = await archiveHeld(writer, current, {
    number: nextNumber(manifest, refs.archives),
    maxCheckpoints,
    order: await arrivalOrderOf(repo, v1.id, new Set(current.keys())),
    spanOf: async (ids) => generationSpan(ids, await readCreatedAt(repo, tip.entries, ids)),
  });
  return archives.map((archive) => ({
    update: { ref: generationRef(archive.number), old: null, new: archive.commit },
    change: { kind: 'archived', ...archive },
    span: archive.span,
  }));
}

/** Adds to `full/current`, on top of what is there. */
async function addToCurrent(
  { repo, writer, v1 }: PlanContext,
  before: GenerationContent,
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<RefUpdate[]> {
  const tree = generationTree(writer, checkpoints, before.others);
  if (tree === before.tree) return [];
  const [v1Commit] = await repo.readObjects([v1.id]);
  const { headers } = parseCommit(v1Commit?.content ?? Buffer.alloc(0));
  const commit = serializeCommit({
    tree,
    parents: [before.commit],
    headers: headers.filter((line) => /^(?:author|committer|encoding) /.test(line)),
    message: `Update transcripts\n\n${V1_COMMIT_TRAILER}: ${v1.id}\n`,
  });
  return [{ ref: V2_CURRENT_REF, old: before.commit, new: writer.add('commit', commit) }];
}

interface CurrentStart {
  readonly before: GenerationContent | undefined;
  readonly checkpoints: ReadonlyMap<CheckpointId, ObjectId>;
  /** The archives that are made or changed together with it. */
  readonly archives: readonly ArchiveUpdate[];
}

/** Starts `full/current` again without a parent: after a rotation, or where there is none yet. */
async function startCurrent(context: PlanContext, tip: ProjectedRoot, start: CurrentStart): Promise<RefUpdate[]> {
  const { repo, writer } = context;
  const { before, checkpoints, archives } = start;
  const newest =
    checkpoints.size > 0
      ? generationSpan(checkpoints.keys(), await readCreatedAt(repo, tip.entries, checkpoints.keys())).newest
      : await newestOfArchives(
          repo,
          unchanged(context, archives),
          archives.map(({ span }) => span),
        );
  const tree = generationTree(writer, checkpoints, before?.others);
  const commit = startCommit(writer, tree, newest);
  return commit === before?.commit ? [] : [{ ref: V2_CURRENT_REF, old: before?.commit ?? null, new: commit }];
}

/** The archives that stay as they are. */
function unchanged({ refs }: PlanContext, changed: readonly ArchiveUpdate[]): ArchiveRef[] {
  const numbers = new Set(changed.map(({ change }) => change.number));
  return refs.archives.filter(({ number }) => !numbers.has(number));
}
