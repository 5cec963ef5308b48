import { CkptError } from '../../../checkpoint/errors.ts';
import { someOf } from '../../../checkpoint/some-of.ts';
import { backupOf } from '../../../generations/backup.ts';
import type { Ref } from '../../../git/repository.ts';
import { MAIN_REF } from '../../../layout/ref-names.ts';
import type { MigrationPlan, PlanContext } from '../plan-context.ts';
import { type EarlierRun, planOnTop } from '../plan-incremental.ts';
import { findLostInRewrite, type Lost } from './find-lost.ts';
import { rewriteGenerations } from './rewritten-generations.ts';
import { projectRewritten, type RewrittenHistory } from './rewritten-history.ts';

/** How many of what is gone a message names. */
const NAMED = 5;

/**
 * Plans how V2 follows a V1 that was rewritten: by Entire's client, which replays its commits on the remote's whenever somebody else
 * pushed first, or as a whole. The refs that this replaces are kept. Throws a `CkptError` where the new V1 lacks a checkpoint, a
 * session or a part of one that the old one had, unless `acceptsLost`.
 */
export async function planRewritten(
  context: PlanContext,
  earlier: EarlierRun,
  { acceptsLost }: { readonly acceptsLost: boolean },
): Promise<MigrationPlan> {
  const { repo, refs, v1 } = context;
  const history = await projectRewritten(context, earlier);
  const lost = await findLostInRewrite(repo, history.pairs);
  if (lost.length > 0 && !acceptsLost) throw lostError(v1, earlier, lost);
  const plan = await planOf(context, earlier, history);
  const replaced = new Set(plan.updates.flatMap(({ ref, old }) => (old === null ? [] : [ref])));
  const backup = await backupOf(repo, new Map([...refs.v2].filter(([ref]) => replaced.has(ref))));
  return {
    ...plan,
    mode: 'rewritten',
    updates: [...backup.updates, ...plan.updates],
    backup: backup.prefix,
    warnings: [followedLine(v1, history, backup.prefix), ...lostLines(lost), ...backup.warnings],
  };
}

/**
 * Plans how V2 becomes what a fresh clone would make of a V1 that went on as usual, but for what was pruned. Nothing is lost by it:
 * what `full/current` had in its history is in generations as V1 has it.
 */
export async function planNormal(context: PlanContext, earlier: EarlierRun): Promise<MigrationPlan> {
  return planOf(context, earlier, await projectRewritten(context, earlier));
}

async function planOf(context: PlanContext, earlier: EarlierRun, history: RewrittenHistory): Promise<MigrationPlan> {
  const changed = [...history.pairs].flatMap(([id, { before, now }]) =>
    now === undefined || now === before ? [] : [[id, now] as const],
  );
  const news = { main: history.main, commits: history.commits, changed: new Map(changed) };
  return planOnTop(context, earlier, news, () => rewriteGenerations(context, history));
}

function followedLine({ name }: Ref, { fork }: RewrittenHistory, backup: string | null): string {
  const since =
    fork === undefined ? 'V1 was rewritten entirely' : `V1 was rewritten after its commit ${fork.slice(0, 12)}`;
  const kept = backup === null ? '' : `; copies of the refs that this replaces: ${backup}`;
  return `${since}, and V2 follows ${name}${kept}`;
}

function lostLines(lost: readonly Lost[]): string[] {
  return lost.length === 0 ? [] : [`V1 lacks what it had before: ${named(lost)}`];
}

function lostError(v1: Ref, { v1: origin }: EarlierRun, lost: readonly Lost[]): CkptError {
  const message = `${v1.name} (${v1.id}) was rewritten since ${MAIN_REF} was projected from its commit ${origin}, and lacks what it had: ${named(lost)}`;
  return new CkptError('V1_REWRITTEN', message, {
    hint: [
      'If it is on the remote, fetch and merge its V1. To bring it back from V2: ',
      ['ckpt', 'migrate', '--from', 'v2', '--to', 'v1'],
      '; to go on without it (the V2 refs that are there are kept under refs/ckpt/backup/): ',
      ['ckpt', 'migrate', '--accept-lost'],
    ],
  });
}

function named(lost: readonly Lost[]): string {
  const names = lost.map(({ checkpoint, session, part }) => {
    if (session === undefined) return `checkpoint ${checkpoint}`;
    return `${part === undefined ? '' : `the ${part} of `}session ${session} of checkpoint ${checkpoint}`;
  });
  return someOf(names, NAMED);
}
