import type { ProgressListener } from '../../checkpoint/progress.ts';
import type { Repository } from '../../git/repository.ts';
import type { FreeLayout, LayoutName } from '../../layout/layout.ts';
import { listLayoutRefs, openViews } from '../../layout/layouts.ts';
import { type BetweenPlan, planBetween } from '../../project/between/plan-between.ts';
import { updateBetween } from '../../project/between/update-between.ts';
import { unreadableTarget } from '../../project/unreadable-target.ts';
import { readSeen, rememberSeen } from '../../stores/seen.ts';
import type { LayoutMigration, LayoutMigrationStatus } from './layout-migration.ts';

/** Options of a migration between two layouts. V1 to V2 is `migrate`. */
export interface BetweenOptions {
  readonly from: LayoutName;
  readonly to: FreeLayout;
  /** Works out what would be done, down to the ids of the refs, and writes nothing. */
  readonly dryRun?: boolean;
  readonly onEvent?: ProgressListener;
}

/**
 * Brings one layout up to another: plans, stores the new objects, then moves all refs in one transaction that compares their old
 * values. Where somebody else moved one meanwhile, it reads again and makes a new plan. The source is only read.
 */
export async function migrateBetween(repo: Repository, options: BetweenOptions): Promise<LayoutMigration> {
  const { from, to, dryRun = false, onEvent = () => undefined } = options;
  const seen = await readSeen(repo, from, to);
  const how = { seen, comparesLeft: true, onEvent };
  const plan = dryRun
    ? await planBetween({ repo, dryRun, ...how }, from, to)
    : await updateBetween(repo, { from, to, message: `ckpt migrate: ${from} to ${to}`, ...how });
  if (!dryRun) await rememberSeen(repo, from, to, plan.seen);
  const { updates, source, counts, backup, sessions, left: leftCheckpoints } = plan;
  const isIdle = source !== null && updates.length === 0;
  const unreadable = isIdle ? await unreadableTarget(repo, { from, to }) : undefined;
  const warnings = unreadable === undefined ? plan.warnings : [...plan.warnings, unreadable];
  for (const message of warnings) onEvent({ kind: 'warning', message });
  const status = unreadable === undefined ? statusOf(plan, dryRun) : 'differs';
  return { from, to, dryRun, status, source, refs: updates, counts, sessions, leftCheckpoints, backup, warnings };
}

function statusOf({ source, updates, left }: BetweenPlan, dryRun: boolean): LayoutMigrationStatus {
  if (source === null) return 'no-source';
  if (updates.length > 0) return dryRun ? 'planned' : 'migrated';
  return left.length > 0 ? 'differs' : 'up-to-date';
}

/** The layouts that are here, in the order in which one is taken as the source where the user names none. */
export async function layoutsHere(repo: Repository): Promise<LayoutName[]> {
  return openViews(repo, await listLayoutRefs(repo)).map(({ layout }) => layout);
}
