import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { joinSessions } from '../compare/join-sessions.ts';
import { commitHeader, serializeCommit } from '../git/commit.ts';
import { parsedCommit } from '../git/commit-trees.ts';
import { EXECUTING, executePlan, type WritePlan } from '../git/execute-plan.ts';
import type { ObjectId } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { foldersAt } from '../layout/checkpoint-walk.ts';
import { layoutOf, listLayoutRefs } from '../layout/layouts.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { checkpointOfRef, V1_REF } from '../layout/ref-names.ts';
import { GrowingV1 } from '../project/back/growing-v1.ts';
import { planRefs } from '../project/refs/plan-refs.ts';
import { readPrimaryLayout } from '../stores/primary-layout.ts';
import { chooseLost } from './choose-lost.ts';
import type { RestoredCheckpoint, RestoreLostResult } from './restore-result.ts';

/** Options of restore. */
export interface RestoreOptions {
  /** Writes nothing. */
  readonly dryRun?: boolean;
  /** The environment, which may name the primary layout. Default: an empty one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onEvent?: ProgressListener;
}

interface RestorePlan extends WritePlan {
  readonly layout: 'v1' | 'refs';
  readonly checkpoints: readonly RestoredCheckpoint[];
}

/**
 * Writes lost checkpoints, and lost sessions of checkpoints that are there, back to the primary layout, in one transaction: what the
 * last commit of V1's history that has them gives them. To V1 as one commit on its tip, with the tip's author, committer and dates,
 * so that every clone makes the same; to git-refs as a migration of that commit would have. Throws what `chooseLost` throws.
 */
export async function restoreLost(
  repo: Repository,
  ids: readonly string[],
  { dryRun = false, env = {}, onEvent = () => undefined }: RestoreOptions = {},
): Promise<RestoreLostResult> {
  const make = async (): Promise<RestorePlan> => {
    onEvent({ kind: 'phase', phase: 'read refs' });
    const refs = await listLayoutRefs(repo);
    const { layout } = await readPrimaryLayout(repo, env);
    if (layout === 'v2') throw v2IsPrimary();
    onEvent({ kind: 'phases', phases: ['walk history', ...EXECUTING] });
    onEvent({ kind: 'phase', phase: 'walk history' });
    const lost = await chooseLost(repo, refs, ids);
    return layout === 'v1' ? planOnV1(repo, refs, lost) : planOnRefs(repo, refs, lost);
  };
  const plan = dryRun
    ? await make()
    : await executePlan(repo, make, {
        message: ({ checkpoints }) => `ckpt restore: ${checkpoints.map(({ checkpoint }) => checkpoint).join(' ')}`,
        onEvent,
      });
  const { layout, checkpoints, updates } = plan;
  return { status: dryRun ? 'planned' : 'restored', layout, checkpoints, refs: updates, dryRun };
}

async function planOnV1(repo: Repository, refs: readonly Ref[], lost: readonly LostCheckpoint[]): Promise<RestorePlan> {
  const branch = layoutOf('v1').refs(refs)[0] as Ref; // its history has what is lost
  const [object] = await repo.readObjects([branch.id]);
  const tip = parsedCommit(branch.id, object);
  const objects = new ObjectOverlay(repo);
  const tree = await GrowingV1.from(repo, objects, tip.tree);
  const there = await foldersAt(
    repo,
    await objects.tree(tip.tree),
    lost.map(({ id }) => id),
  );
  const checkpoints: RestoredCheckpoint[] = [];
  for (const one of lost) {
    const ours = there.get(one.id);
    const joined = ours === undefined ? undefined : await joinSessions(objects, one.id, ours, one.tree);
    if (ours !== undefined && joined === undefined) throw cannotJoin(one);
    const folder = joined?.folder ?? one.tree;
    there.set(one.id, folder);
    await tree.set(one.id, folder);
    checkpoints.push(restored(one, joined?.sessions.length));
  }
  const headers = ['author', 'committer'].map((key) => `${key} ${commitHeader(tip, key) ?? ''}`);
  const commit = { tree: tree.tree(), parents: [branch.id], headers, message: messageFor(lost) };
  const id = objects.add('commit', serializeCommit(commit));
  const writer = repo.objectWriter();
  objects.store(id, writer);
  const old = branch.name === V1_REF ? branch.id : null;
  return { layout: 'v1', checkpoints, writer, updates: [{ ref: V1_REF, old, new: id }] };
}

async function planOnRefs(
  repo: Repository,
  refs: readonly Ref[],
  lost: readonly LostCheckpoint[],
): Promise<RestorePlan> {
  const partial = lost.find(({ isWhole }) => !isWhole);
  if (partial !== undefined) throw cannotJoin(partial);
  const writer = repo.objectWriter();
  const known = new Map(
    refs.flatMap(({ name, id }) => {
      const checkpoint = checkpointOfRef(name);
      return checkpoint === undefined ? [] : [[checkpoint, id] as const];
    }),
  );
  const byCommit = new Map<ObjectId, Set<CheckpointId>>();
  for (const { id, last } of lost) byCommit.set(last.id, (byCommit.get(last.id) ?? new Set()).add(id));
  const updates: RestorePlan['updates'][number][] = [];
  for (const [commit, ids] of byCommit) {
    const plan = await planRefs({
      repo,
      sink: writer,
      v1: { name: V1_REF, id: commit },
      refs: known,
      rest: undefined,
      deleted: new Set(),
      withRest: false,
      without: (id) => !ids.has(id),
    });
    updates.push(...plan.updates);
  }
  return { layout: 'refs', checkpoints: lost.map((one) => restored(one)), writer, updates };
}

function restored({ id, sessions, isWhole, deletedBy, last }: LostCheckpoint, joined?: number): RestoredCheckpoint {
  const sessionCount = joined ?? sessions.length;
  return { checkpoint: id, sessionCount, isWhole, deletedBy: deletedBy.id, commit: last.id };
}

function messageFor(lost: readonly LostCheckpoint[]): string {
  const ids = [...new Set(lost.map(({ id }) => id))];
  const subject = ids.length === 1 ? `Restore checkpoint ${ids[0]}` : `Restore ${ids.length} checkpoints`;
  const lines = lost.map(({ id, deletedBy }) => `${id} was deleted by ${deletedBy.id}`);
  return `${subject}\n\n${lines.join('\n')}\n`;
}

function v2IsPrimary(): CkptError {
  return new CkptError('CANNOT_RESTORE', 'the settings say that V2 is written alone: nothing is restored to it', {
    hint: ['Restore to V1: ', ['env', 'ENTIRE_CHECKPOINTS_PRIMARY=git-branch', 'ckpt', 'restore', 'ID']],
    exitCode: 3,
  });
}

function cannotJoin({ id, last, sessions }: LostCheckpoint): CkptError {
  const message = `the checkpoint ${id} is there, and its lost sessions (${sessions.join(', ')} in the commit ${last.id}) can't be put back`;
  return new CkptError('CANNOT_RESTORE', message, {
    hint: ['Read them where they were: ', ['git', 'show', `${last.id}:${id.slice(0, 2)}/${id.slice(2)}/`]],
    exitCode: 3,
  });
}
