import { BadObjectError, ShallowHistoryError } from '../../git/errors.ts';
import { executePlan } from '../../git/execute-plan.ts';
import { idsOf } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';
import { branchAmong } from '../../layout/layout-refs.ts';
import { BRANCH_TO_REFS, layoutOf, listLayoutRefs } from '../../layout/layouts.ts';
import { checkpointOfRef, REST_REF } from '../../layout/ref-names.ts';
import { type BetweenPlan, planBetween } from '../../project/between/plan-between.ts';
import { readOrigin } from '../../project/commit-image.ts';
import { readRefCommits } from '../../project/refs/ref-tips.ts';
import { readPrimaryLayout } from '../../stores/primary-layout.ts';
import type { United, UnitedRef } from '../result.ts';
import { NOTHING_TO_UNITE } from './split/union-plan.ts';
import type { UniteOptions } from './unite-options.ts';

const AGAIN = 'ckpt migrate --from v1 --to refs';

/**
 * Brings git-refs that were made of V1 up to the V1 that is here, as every clone does: also the record of how far that is, which no remote
 * has. Nothing where they are primary, or all written by something else. What was made of another V1 is left: to replace it is a
 * decision of the user.
 */
export async function projectRefs(repo: Repository, { remote, env, onEvent }: UniteOptions): Promise<United> {
  try {
    if (!(await isToProject(repo, env, onEvent))) return NOTHING_TO_UNITE;
    const { from, to } = BRANCH_TO_REFS;
    const plan = await planBetween({ repo, dryRun: false, onEvent }, from, to);
    if (plan.counts.replaced > 0) return ofAnotherBranch(plan);
    await executePlan(repo, plan, { message: `ckpt fetch: ${remote}`, onEvent });
    return { ...NOTHING_TO_UNITE, refs: refsMoved(plan), warnings: plan.warnings };
  } catch (error) {
    if (!(error instanceof BadObjectError || error instanceof ShallowHistoryError)) throw error;
    return { ...NOTHING_TO_UNITE, warnings: [`git-refs were not brought up to V1: ${error.message}`] };
  }
}

async function isToProject(
  repo: Repository,
  env: UniteOptions['env'],
  onEvent: UniteOptions['onEvent'],
): Promise<boolean> {
  const all = await listLayoutRefs(repo);
  const [v1, refs] = [branchAmong(all), layoutOf(BRANCH_TO_REFS.to).refs(all)];
  if (v1 === undefined || refs.length === 0) return false;
  if ((await readPrimaryLayout(repo, env ?? {}, onEvent)).layout === BRANCH_TO_REFS.to) return false;
  const rest = refs.find(({ name }) => name === REST_REF);
  if (rest !== undefined) return (await readOrigin(repo, rest.id)) !== v1.id;
  const tips = await readRefCommits(repo, idsOf(refs));
  return tips.some(({ origin }) => origin !== undefined);
}

function ofAnotherBranch({ counts: { replaced } }: BetweenPlan): United {
  const which = replaced === 1 ? 'one git-ref was' : `${replaced} git-refs were`;
  const warning = `${which} made of another V1 than the one that is here, so that git-refs were not brought up to it: ${AGAIN} does`;
  return { ...NOTHING_TO_UNITE, warnings: [warning] };
}

function refsMoved({ updates }: BetweenPlan): UnitedRef[] {
  return updates
    .filter(({ ref }) => checkpointOfRef(ref) !== undefined)
    .map((update) => ({ ...update, layout: BRANCH_TO_REFS.to, change: 'projected' }));
}
