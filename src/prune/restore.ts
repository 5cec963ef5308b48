import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { generationSpan, readGeneration } from '../generations/generation.ts';
import { GenerationState } from '../generations/generation-state.ts';
import { entryOfArchive, manifestUpdate } from '../generations/manifest-update.ts';
import { materialize } from '../generations/materialize.ts';
import { readTimesOnMain } from '../generations/times.ts';
import { parseCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../git/repository.ts';
import { retryOnConflict } from '../git/retry.ts';
import { readLayoutRefs } from '../layout/layout-refs.ts';
import { generationRef } from '../layout/ref-names.ts';
import { originOfImage } from '../project/commit-image.ts';
import { newestBackup } from './backups.ts';
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
  const { onEvent = () => undefined } = options;
  const restored = await retryOnConflict(() => restoreOnce(repo, number, onEvent), {
    attempts: MAX_ATTEMPTS,
    onRetry: (attempt, reason) => onEvent({ kind: 'retry', attempt, reason }),
  });
  return { status: 'restored', number, ref: generationRef(number), ...restored };
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
  const { commit, checkpoints, updates, leftOut } = await rebuildArchive(
    repo,
    new GenerationState(repo, refs),
    writer,
    {
      number,
      backup,
    },
  );
  onEvent({ kind: 'phase', phase: 'write objects', total: writer.pending });
  await writer.flush();
  onEvent({ kind: 'phase', phase: 'move refs', total: updates.length });
  await repo.updateRefs(updates, `ckpt prune: restore ${number}`);
  return { commit, backup: backup.name, checkpoints, leftOut };
}

interface Rebuilt {
  readonly commit: ObjectId;
  /** How many it holds. */
  readonly checkpoints: number;
  readonly updates: readonly RefUpdate[];
  readonly leftOut: readonly CheckpointId[];
}

/** The archive as it has to be now. */
async function rebuildArchive(
  repo: Repository,
  state: GenerationState,
  sink: ObjectWriter,
  { number, backup }: { readonly number: number; readonly backup: Ref },
): Promise<Rebuilt> {
  const { main } = state.refs;
  const base = await readGeneration(repo, backup.id);
  const held = new Set([...(await state.history()).keys(), ...(await state.archived())]);
  const checkpoints = new Map([...base.checkpoints].filter(([id]) => !held.has(id)));
  const leftOut = [...base.checkpoints.keys()].filter((id) => held.has(id)).sort();
  if (checkpoints.size === 0 && leftOut.length > 0) throw nothingLeft(number, backup);
  const ids = [...checkpoints.keys()];
  const times = await readTimesOnMain(repo, main, ids);
  const hasTimes = ids.length > 0 && ids.every((id) => times(id).length > 0);
  if (leftOut.length > 0 || (hasTimes && (await isProjection(repo, main)))) {
    const spanOf = () => generationSpan(ids, times);
    const made = await materialize({ repo, sink, state, main, spanOf }, { archives: [{ number, base, checkpoints }] });
    const commit = made.archives[0]?.commit ?? backup.id;
    return { commit, checkpoints: checkpoints.size, updates: made.updates, leftOut };
  }
  const span = (await entryOfArchive(repo, backup.id, main))?.span ?? generationSpan(ids, times);
  const change = { kind: 'archived', number, tree: base.tree, checkpoints: ids, span } as const;
  const updates = [
    { ref: generationRef(number), old: null, new: backup.id },
    ...(await manifestUpdate({ repo, sink, state, main }, [change])),
  ];
  return { commit: backup.id, checkpoints: checkpoints.size, updates, leftOut };
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
