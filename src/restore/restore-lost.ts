import type { ProgressListener } from '../checkpoint/progress.ts';
import { EXECUTING, executePlan } from '../git/execute-plan.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { isRestAlone, listLayoutRefs, openViews } from '../layout/layouts.ts';
import { readPrimaryLayout } from '../stores/primary-layout.ts';
import { chooseLost } from './choose-lost.ts';
import { planOnBranch } from './plan-on-branch.ts';
import { planOnRefs } from './plan-on-refs.ts';
import { planOnSplit } from './plan-on-split.ts';
import type { RestoreContext, RestorePlan } from './restore-plan.ts';
import type { RestoreLostResult } from './restore-result.ts';

/** Options of restore. */
export interface RestoreOptions {
  /** Writes nothing. */
  readonly dryRun?: boolean;
  /** The environment, which may name the primary layout. Default: an empty one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onEvent?: ProgressListener;
}

/**
 * Writes lost checkpoints, and lost sessions of checkpoints that are there, back to the primary layout, in one transaction: what the
 * last commit of V1's history that has them gives them, or a backup. To V1 as one commit on its tip, with the tip's author, committer and dates,
 * so that every clone makes the same; to V2 as one commit a checkpoint on `main`, in the same way, and in the generation that holds it, or `full/current`; to git-refs as a migration of
 * that commit would have, or as the backup's ref has it, and sessions as one commit on the checkpoint's ref. Throws what `chooseLost` throws.
 */
export async function restoreLost(
  repo: Repository,
  ids: readonly string[],
  { dryRun = false, env = {}, onEvent = () => undefined }: RestoreOptions = {},
): Promise<RestoreLostResult> {
  const make = async () => {
    onEvent({ kind: 'phase', phase: 'read refs' });
    const refs = await listLayoutRefs(repo);
    const layout = await layoutToWrite(repo, refs, { env, onEvent });
    onEvent({ kind: 'phases', phases: ['walk history', ...EXECUTING] });
    onEvent({ kind: 'phase', phase: 'walk history' });
    const lost = await chooseLost(repo, refs, ids);
    return { layout, ...(await PLANS[layout]({ repo, refs, lost })) };
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

const PLANS: Readonly<Record<LayoutName, (context: RestoreContext) => Promise<RestorePlan>>> = {
  v1: planOnBranch,
  v2: planOnSplit,
  refs: planOnRefs,
};

/** The primary layout; where nothing says which that is and V1 is not here, git-refs if these are. */
async function layoutToWrite(
  repo: Repository,
  refs: readonly Ref[],
  { env = {}, onEvent }: RestoreOptions,
): Promise<LayoutName> {
  const { layout, source } = await readPrimaryLayout(repo, env, onEvent);
  if (source !== null) return layout;
  const here = openViews(repo, refs).filter((view) => !isRestAlone(view));
  const areRefsAlone = here.some((view) => view.layout === 'refs') && !here.some((view) => view.layout === 'v1');
  return areRefsAlone ? 'refs' : layout;
}
