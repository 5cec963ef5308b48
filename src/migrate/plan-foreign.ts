import type { MigrationPlan, PlanContext } from './planning.ts';

/** Plans on top of a V2 that something else wrote: what it lacks is added, what it has stays. */
export async function planForeign(_context: PlanContext): Promise<MigrationPlan> {
  throw new Error('not there yet');
}
