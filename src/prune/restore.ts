import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { generationSpan, readCurrent, readGeneration, writeArchive } from '../generations/generation.ts';
import { readTimes } from '../generations/main-times.ts';
import { entryOfArchive, type GenerationChange } from '../generations/manifest-update.ts';
import { parseCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectWriter, Ref, Repository } from '../git/repository.ts';
import { retryOnConflict } from '../git/retry.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import { type LayoutRefs, readLayoutRefs } from '../layout/layout-refs.ts';
import { generationRef } from '../layout/ref-names.ts';
import { originOfImage } from '../project/commit-image.ts';
import { newestBackup } from './backups.ts';
import { manifestMove } from './manifest-move.ts';
import type { RestoreResult } from './result.ts';

/** How often it is tried again because somebody else moved a ref. */
const MAX_ATTEMPTS = 30;

/**
 * Puts a pruned archive back from its newest backup, and marks it as there again in the manifest, in one transaction. A
 * checkpoint whose transcripts are in another generation by now, since V1 got new ones, is left out of it; and its times are
 * told anew where `main` knows them to have changed. So the archive is the same commit as before unless one of its
 * checkpoints is not what it was. Throws a `CkptError` where the archive is there, or has no backup.
 */
export async function restoreArchive(
  repo: Repository,
  number: number,
  options: { onEvent?: ProgressListener } = {},
): Promise<RestoreResult> {
  const started = performance.now();
  const { onEvent = () => undefined } = options;
  const restored = await retryOnConflict(() => restoreOnce(repo, number, onEvent), {
    attempts: MAX_ATTEMPTS,
    onRetry: (attempt, reason) => onEvent({ kind: 'retry', attempt, reason }),
  });
  const durationMs = Math.round(performance.now() - started);
  return { status: 'restored', number, ref: generationRef(number), ...restored, engine: repo.engine, durationMs };
}

async function restoreOnce(
  repo: Repository,
  number: number,
  onEvent: ProgressListener,
): Promise<Pick<RestoreResult, 'commit' | 'backup' | 'checkpoints' | 'leftOut'>> {
  onEvent({ kind: 'phase', phase: 'read refs' });
  const refs = await readLayoutRefs(repo);
  const ref = generationRef(number);
  if (refs.v2.has(ref)) throw alreadyThere(number, ref);
  const backup = await newestBackup(repo, number);
  onEvent({ kind: 'phases', phases: ['look at archives', 'write objects', 'move refs'] });
  onEvent({ kind: 'phase', phase: 'look at archives' });
  const writer = repo.objectWriter();
  const { change, commit, leftOut } = await rebuildArchive(repo, refs, writer, number, backup);
  const manifest = await manifestMove(repo, refs, writer, [change]);
  onEvent({ kind: 'phase', phase: 'write objects', total: writer.pending });
  await writer.flush();
  onEvent({ kind: 'phase', phase: 'move refs', total: 1 + manifest.length });
  await repo.updateRefs([{ ref, old: null, new: commit }, ...manifest], `ckpt prune: restore ${number}`);
  return { commit, backup: backup.name, checkpoints: change.checkpoints.length, leftOut };
}

interface Rebuilt {
  readonly commit: ObjectId;
  readonly change: Extract<GenerationChange, { kind: 'archived' }>;
  readonly leftOut: readonly CheckpointId[];
}

/** The archive as it has to be now. */
async function rebuildArchive(
  repo: Repository,
  refs: LayoutRefs,
  writer: ObjectWriter,
  number: number,
  backup: Ref,
): Promise<Rebuilt> {
  const content = await readGeneration(repo, backup.id);
  const held = await heldNow(repo, refs);
  const main = await CheckpointFolders.at(repo, refs.main ?? null);
  const wanted = new Map([...content.checkpoints].filter(([id]) => !held.has(id)));
  const leftOut = [...content.checkpoints.keys()].filter((id) => held.has(id)).sort();
  if (wanted.size === 0 && leftOut.length > 0) throw nothingLeft(number, backup);
  const times = await readTimes(main, wanted.keys());
  const isToldByMain = [...wanted.keys()].every((id) => times(id).length > 0);
  if (leftOut.length > 0 || (isToldByMain && (await isProjection(repo, refs.main)))) {
    const span = generationSpan(wanted.keys(), times);
    const { commit, ...written } = writeArchive(writer, number, wanted, span, content.others);
    return { commit, change: { kind: 'archived', ...written }, leftOut };
  }
  const entry = await entryOfArchive(repo, backup.id, main);
  const { tree } = content;
  const span = entry?.span ?? generationSpan(wanted.keys(), times);
  return {
    commit: backup.id,
    change: { kind: 'archived', number, tree, checkpoints: [...wanted.keys()], span },
    leftOut,
  };
}

/** The checkpoints that some generation has now; of `full/current` also those that only its history has. */
async function heldNow(repo: Repository, { archives, current }: LayoutRefs): Promise<Set<CheckpointId>> {
  const held = new Set<CheckpointId>();
  if (current !== undefined) for (const id of (await readCurrent(repo, current, 'replace')).keys()) held.add(id);
  for (const archive of archives) {
    for (const id of (await readGeneration(repo, archive.id)).checkpoints.keys()) held.add(id);
  }
  return held;
}

/** True where `main` is a projection of V1: then an archive's times are those that it tells. */
async function isProjection(repo: Repository, main: ObjectId | undefined): Promise<boolean> {
  const [object] = main === undefined ? [] : await repo.readObjects([main]);
  return object?.type === 'commit' && originOfImage(parseCommit(object.content)) !== undefined;
}

function alreadyThere(number: number, ref: string): CkptError {
  return new CkptError('ARCHIVE_EXISTS', `archive ${number} is there already: ${ref}`, {
    hint: 'Nothing is to be restored. See what the archives hold: ckpt prune',
    exitCode: 3,
  });
}

function nothingLeft(number: number, { name }: Ref): CkptError {
  const message = `everything in the backup of archive ${number} (${name}) is in other generations by now`;
  return new CkptError('NOTHING_TO_RESTORE', message, { hint: 'Nothing is missing: ckpt verify', exitCode: 3 });
}
