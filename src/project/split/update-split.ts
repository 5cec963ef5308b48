import type { ProgressEvent } from '../../checkpoint/progress.ts';
import { EXECUTING, executePlan } from '../../git/execute-plan.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';
import { type PlanOptions, planMigration } from './plan.ts';
import type { MigrationPlan } from './plan-context.ts';

/**
 * Brings V2 up to V1's tip: plans, stores the new objects, then moves all refs in one transaction that compares their old
 * values. Where somebody else moved one meanwhile, it reads again and makes a new plan. Returns the plan that was carried out.
 */
export function updateSplit(repo: Repository, options: PlanOptions): Promise<MigrationPlan> {
  // Where others write all the time, V1's tip is never reached: it is enough to get as far as it was in the beginning,
  // and whoever is faster does that for all who wait.
  let goal: ObjectId | undefined;
  const onEvent = (event: ProgressEvent) =>
    options.onEvent(event.kind === 'phases' ? { ...event, phases: [...event.phases, ...EXECUTING] } : event);
  const makePlan = async () => {
    const plan = await planSplit(repo, { ...options, goal, onEvent });
    goal ??= plan.v1?.id;
    return plan;
  };
  return executePlan(repo, makePlan, { message: ({ mode }) => `ckpt migrate: ${mode}`, onEvent: options.onEvent });
}

/** Plans how V2 is brought up to V1's tip, and reports the plan's warnings as events. Writes nothing. */
export async function planSplit(repo: Repository, options: PlanOptions): Promise<MigrationPlan> {
  const plan = await planMigration(repo, options);
  for (const message of plan.warnings) options.onEvent({ kind: 'warning', message });
  return plan;
}
