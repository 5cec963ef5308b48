import { ODDITIES, type Oddity, type OddityCode } from '../checkpoint/oddity.ts';
import type { ProgressEvent, ProgressListener } from '../checkpoint/progress.ts';
import type { FullCurrentMode } from '../generations/generation.ts';
import { assertMaxCheckpoints, DEFAULT_MAX_CHECKPOINTS } from '../generations/max-checkpoints.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { retryOnConflict } from '../git/retry.ts';
import { EXECUTING } from './phases.ts';
import { type PlanOptions, planMigration } from './plan.ts';
import type { MigrationPlan } from './planning.ts';
import type { MigrateResult, OddityGroup } from './result.ts';

/** Options of a migration. */
export interface MigrateOptions {
  /** Works out what would be done, down to the ids of the refs, and writes nothing. */
  readonly dryRun?: boolean;
  /** Checkpoints in a generation. Default: 100. */
  readonly maxCheckpoints?: number;
  /** What becomes of `full/current` where there is one: `replace` shows what this run changes, alone. Default: accumulate. */
  readonly fullCurrentMode?: FullCurrentMode;
  /** Projects V1 afresh, and keeps the V2 refs that it replaces under `refs/ckpt/backup/`. */
  readonly rebuild?: boolean;
  readonly onEvent?: ProgressListener;
}

/** How often a plan is made again because somebody else moved a ref. */
const MAX_ATTEMPTS = 30;

/**
 * Brings V2 up to V1's tip: plans, stores the new objects, then moves all refs in one transaction that compares their old
 * values. Where somebody else moved one meanwhile, it reads again and makes a new plan. A process killed at any moment leaves
 * the refs as they were or as they should be. V1 is never written.
 */
export async function migrate(repo: Repository, options: MigrateOptions = {}): Promise<MigrateResult> {
  const started = performance.now();
  const warnings = new Set<string>();
  const onEvent = (event: ProgressEvent) => {
    // A plan that is made again has the same warnings again.
    if (event.kind === 'warning' && warnings.has(event.message)) return;
    if (event.kind === 'warning') warnings.add(event.message);
    options.onEvent?.(event);
  };
  const { maxCheckpoints = DEFAULT_MAX_CHECKPOINTS, rebuild = false, dryRun = false } = options;
  const { fullCurrentMode = 'accumulate' } = options;
  assertMaxCheckpoints(maxCheckpoints);
  const planOptions: PlanOptions = { maxCheckpoints, fullCurrentMode, rebuild, onEvent };
  const plan = dryRun ? await planWithWarnings(repo, planOptions) : await executeWithRetries(repo, planOptions);
  const moved = !dryRun && plan.updates.length > 0;
  return {
    status: moved ? 'migrated' : plan.status,
    mode: plan.mode,
    v1: plan.v1 === undefined ? null : { ref: plan.v1.name, tip: plan.v1.id },
    refs: plan.updates,
    counts: plan.counts,
    oddities: groupOddities(plan.oddities),
    backup: plan.backup,
    warnings: [...warnings],
    dryRun,
    engine: repo.engine,
    durationMs: Math.round(performance.now() - started),
  };
}

function executeWithRetries(repo: Repository, options: PlanOptions): Promise<MigrationPlan> {
  // Where others write all the time, V1's tip is never reached: it is enough to get as far as it was in the beginning,
  // and whoever is faster does that for all who wait.
  let goal: ObjectId | undefined;
  const onEvent = (event: ProgressEvent) =>
    options.onEvent(event.kind === 'phases' ? { ...event, phases: [...event.phases, ...EXECUTING] } : event);
  const planAndExecute = async () => {
    const plan = await planWithWarnings(repo, { ...options, goal, onEvent });
    goal ??= plan.v1?.id;
    await executePlan(repo, plan, options.onEvent);
    return plan;
  };
  return retryOnConflict(planAndExecute, {
    attempts: MAX_ATTEMPTS,
    onRetry: (attempt, reason) => options.onEvent({ kind: 'retry', attempt, reason }),
  });
}

async function planWithWarnings(repo: Repository, options: PlanOptions): Promise<MigrationPlan> {
  const plan = await planMigration(repo, options);
  for (const message of plan.warnings) options.onEvent({ kind: 'warning', message });
  return plan;
}

/** Carries a plan out. Throws `RefConflictError`, with nothing moved, when a ref is not as it was when the plan was made. */
async function executePlan(repo: Repository, plan: MigrationPlan, onEvent: ProgressListener): Promise<void> {
  if (plan.updates.length === 0) return;
  onEvent({ kind: 'phase', phase: 'write objects', total: plan.writer?.pending ?? 0 });
  await plan.writer?.flush();
  onEvent({ kind: 'phase', phase: 'move refs', total: plan.updates.length });
  await repo.updateRefs(plan.updates, `ckpt migrate: ${plan.mode}`);
}

/** Oddities by code, in the order in which the codes are listed. */
export function groupOddities(oddities: readonly Oddity[]): OddityGroup[] {
  const codes = Object.keys(ODDITIES) as OddityCode[];
  return codes.flatMap((code) => {
    const found = oddities.filter((oddity) => oddity.code === code);
    if (found.length === 0) return [];
    const checkpoints = [...new Set(found.flatMap(({ checkpoint }) => checkpoint ?? []))];
    return [{ code, description: ODDITIES[code], count: found.length, checkpoints }];
  });
}
