import type { ProgressListener } from '../../checkpoint/progress.ts';
import { executePlan } from '../../git/execute-plan.ts';
import type { Repository } from '../../git/repository.ts';
import type { FreeLayout, LayoutName } from '../../layout/layout.ts';
import { type BetweenPlan, planBetween } from './plan-between.ts';
import type { SeenRefs } from './seen-refs.ts';

/** How one layout is brought up to another. */
export interface UpdateBetween {
  readonly from: LayoutName;
  readonly to: FreeLayout;
  /** The line for the reflogs. */
  readonly message: string;
  /** What an earlier run has left (`BetweenPlan.seen`). */
  readonly seen?: SeenRefs | undefined;
  /** As in `BetweenContext`. */
  readonly comparesLeft?: boolean;
  readonly onEvent: ProgressListener;
}

/**
 * Brings one layout up to another: plans, stores the new objects, then moves all refs in one transaction that compares their old
 * values. Where somebody else moved one meanwhile, it reads again and makes a new plan. Returns the plan that was carried out.
 */
export function updateBetween(
  repo: Repository,
  { from, to, message, seen, comparesLeft = false, onEvent }: UpdateBetween,
): Promise<BetweenPlan> {
  return executePlan(repo, () => planBetween({ repo, dryRun: false, onEvent, seen, comparesLeft }, from, to), {
    message,
    onEvent,
  });
}
