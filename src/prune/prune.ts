import type { Phase, ProgressListener } from '../checkpoint/progress.ts';
import { DAY_SECONDS } from '../generations/retention.ts';
import { EXECUTING, executePlan } from '../git/execute-plan.ts';
import type { Repository } from '../git/repository.ts';
import { type PrunePlan, planPrune } from './plan-prune.ts';
import type { PruneResult, PruneStatus } from './prune-result.ts';

/** Options of prune. */
export interface PruneOptions {
  /** How old an archive may get, as the settings say it, in days. */
  readonly retentionDays: number;
  /** Whether a setting says so, and not the default. Default: true. */
  readonly isRetentionSet?: boolean;
  /** The same in seconds, in place of the settings. */
  readonly olderThan?: number | undefined;
  /** How many of the newest archives stay in any case. Default: none. */
  readonly keep?: number | undefined;
  /** Carries the plan out; without it nothing is written. */
  readonly apply?: boolean;
  /** Lets transcripts go that exist nowhere else. */
  readonly allowLoss?: boolean;
  /** Keeps the deleted refs under `refs/ckpt/backup/`. Default: true. */
  readonly backup?: boolean;
  /** The clock. */
  readonly now?: () => Date;
  readonly onEvent?: ProgressListener;
}

/** What a plan goes through. */
const PLANNING: readonly Phase[] = ['read refs', 'look at archives', 'measure objects'];

/**
 * Finds the archives that are past the retention and, with `apply`, deletes them: in one transaction that also keeps them
 * under `refs/ckpt/backup/` and marks them as pruned in the manifest. An archive with a transcript that exists nowhere else
 * stays unless `allowLoss`. V1, `main` and `full/current` are only read. Where somebody else moved one of the refs meanwhile,
 * it reads again and makes a new plan.
 */
export async function prune(repo: Repository, options: PruneOptions): Promise<PruneResult> {
  const { retentionDays, isRetentionSet = true, olderThan, keep = 0, apply = false } = options;
  const retention = { seconds: olderThan ?? retentionDays * DAY_SECONDS, keep };
  const now = options.now ?? (() => new Date());
  const onEvent = options.onEvent ?? (() => undefined);
  const { allowLoss = false, backup = true } = options;
  const makePlan = () => planPrune(repo, { retention, allowLoss, backup, now: now(), onEvent });
  onEvent({ kind: 'phases', phases: apply ? [...PLANNING, ...EXECUTING] : PLANNING });
  const plan = apply ? await executePlan(repo, makePlan, { message: 'ckpt prune', onEvent }) : await makePlan();
  const { archives, isV1Absent, frees, warnings } = plan;
  return {
    status: statusOf(plan, apply),
    retention: { ...retention, from: olderThan !== undefined ? 'flag' : isRetentionSet ? 'settings' : 'default' },
    isV1Absent,
    archives,
    frees,
    backup: apply ? plan.backup : null,
    warnings,
  };
}

function statusOf({ archives }: PrunePlan, isApplied: boolean): PruneStatus {
  if (archives.every(({ verdict }) => verdict === 'stay')) return 'nothing-to-do';
  if (!isApplied) return 'planned';
  return archives.some(({ verdict }) => verdict === 'refuse') ? 'refused' : 'pruned';
}
