import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { newestBackup } from '../generations/backup.ts';
import { generationSpan, readGeneration } from '../generations/generation.ts';
import { GenerationState } from '../generations/generation-state.ts';
import { entryOfArchive, type GenerationChange, manifestUpdate } from '../generations/manifest-update.ts';
import { materialize } from '../generations/materialize.ts';
import { readTimesOnMain } from '../generations/times.ts';
import { parseCommit } from '../git/commit.ts';
import { EXECUTING, executePlan, type WritePlan } from '../git/execute-plan.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../git/repository.ts';
import { readLayoutRefs } from '../layout/layout-refs.ts';
import { generationRef } from '../layout/ref-names.ts';
import { originOfImage } from '../project/commit-image.ts';
import type { RestoreResult } from './prune-result.ts';

/**
 * Puts a pruned archive back from its newest backup, and marks it as there again in the manifest, in one transaction. A
 * checkpoint whose transcripts are in another generation by now, since V1 got new ones, is left out of it; and its times are
 * written again where `main` knows them to have changed. So the archive is the same commit as before unless one of its
 * checkpoints is not what it was. Throws a `CkptError` where the archive is there, or has no backup.
 */
export async function restoreArchive(
  repo: Repository,
  number: number,
  options: { onEvent?: ProgressListener } = {},
): Promise<RestoreResult> {
  const { onEvent = () => undefined } = options;
  const message = `ckpt prune: restore ${number}`;
  const { restored } = await executePlan(repo, () => planRestore(repo, number, onEvent), { message, onEvent });
  return { status: 'restored', number, ref: generationRef(number), ...restored };
}

interface RestorePlan extends WritePlan {
  readonly restored: Pick<RestoreResult, 'commit' | 'backup' | 'checkpointCount' | 'leftOut'>;
}

async function planRestore(repo: Repository, number: number, onEvent: ProgressListener): Promise<RestorePlan> {
  onEvent({ kind: 'phase', phase: 'read refs' });
  const refs = await readLayoutRefs(repo);
  const ref = generationRef(number);
  if (refs.v2.has(ref)) throw alreadyThere(number, ref);
  const backup = await newestBackup(repo, number);
  onEvent({ kind: 'phases', phases: ['look at archives', ...EXECUTING] });
  onEvent({ kind: 'phase', phase: 'look at archives' });
  const writer = repo.objectWriter();
  const state = new GenerationState(repo, refs);
  const { commit, checkpointCount, updates, leftOut } = await rebuildArchive(repo, state, writer, { number, backup });
  return { updates, writer, restored: { commit, backup: backup.name, checkpointCount, leftOut } };
}

interface Rebuilt {
  readonly commit: ObjectId;
  /** How many it holds. */
  readonly checkpointCount: number;
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
  const isPruned = (await state.entries()).get(number)?.isPruned === true;
  const changes: GenerationChange[] = isPruned ? [{ kind: 'restored', number }] : [];
  if (leftOut.length > 0 || (hasTimes && (await isProjection(repo, main)))) {
    const spanOf = () => generationSpan(ids, times);
    const archives = [{ number, base, checkpoints }];
    const made = await materialize({ repo, sink, state, main, spanOf }, { archives, changes });
    const commit = made.archives[0]?.commit ?? backup.id;
    return { commit, checkpointCount: checkpoints.size, updates: made.updates, leftOut };
  }
  const span = (await entryOfArchive(repo, backup.id, main))?.span ?? generationSpan(ids, times);
  const change = { kind: 'archived', number, tree: base.tree, checkpoints: ids, span } as const;
  const updates = [
    { ref: generationRef(number), old: null, new: backup.id },
    ...(await manifestUpdate({ repo, sink, state, main }, [change, ...changes])),
  ];
  return { commit: backup.id, checkpointCount: checkpoints.size, updates, leftOut };
}

/** True where `main` is a projection of V1: then an archive's times are those that it says. */
async function isProjection(repo: Repository, main: ObjectId | undefined): Promise<boolean> {
  const [object] = main === undefined ? [] : await repo.readObjects([main]);
  return object?.type === 'commit' && originOfImage(parseCommit(object.content)) !== undefined;
}

function alreadyThere(number: number, ref: string): CkptError {
  return new CkptError('ARCHIVE_EXISTS', `archive ${number} is there already: ${ref}`, {
    hint: ['Nothing is to be restored. See what the archives hold: ', ['ckpt', 'prune']],
    exitCode: 3,
  });
}

function nothingLeft(number: number, { name }: Ref): CkptError {
  const message = `everything in the backup of archive ${number} (${name}) is in other generations by now`;
  return new CkptError('NOTHING_TO_RESTORE', message, {
    hint: ['Nothing is missing: ', ['ckpt', 'verify']],
    exitCode: 3,
  });
}
