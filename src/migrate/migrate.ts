import { ODDITIES, type Oddity, type OddityCode } from '../checkpoint/oddity.ts';
import type { ProgressEvent, ProgressListener } from '../checkpoint/progress.ts';
import type { FullCurrentMode } from '../generations/generation.ts';
import { generationSize, type SizeRecord } from '../generations/size.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { LayoutPair } from '../layout/layout.ts';
import { BRANCH_TO_SPLIT } from '../layout/layouts.ts';
import type { PlanOptions } from '../project/split/plan.ts';
import { planSplit, updateSplit } from '../project/split/update-split.ts';
import { unreadableTarget } from '../project/unreadable-target.ts';
import { ThroughBranch } from '../stores/through-branch.ts';
import type { MigrateResult, OddityGroup } from './migrate-result.ts';
import { leftOnSecondBranch } from './second-branch.ts';

/** Options of a migration. */
export interface MigrateOptions {
  /** Works out what would be done, down to the ids of the refs, and writes nothing. */
  readonly dryRun?: boolean;
  /** Checkpoints in a generation. Default: 100. */
  readonly maxCheckpoints?: number;
  /** That size as it is to be recorded, where it is. */
  readonly sizeRecord?: SizeRecord | undefined;
  /** What becomes of `full/current` where there is one: `replace` shows what this run changes, alone. Default: accumulate. */
  readonly fullCurrentMode?: FullCurrentMode;
  /** Projects V1 afresh, and keeps the V2 refs that it replaces under `refs/ckpt/backup/`. */
  readonly rebuild?: boolean;
  /** Goes on where V1 was rewritten and lacks a checkpoint or a session that it had. */
  readonly acceptsLost?: boolean | undefined;
  /** Another V1 than the branch: what a layout was turned into. */
  readonly source?: Ref | undefined;
  readonly onEvent?: ProgressListener;
}

/**
 * Brings V2 up to V1's tip: plans, stores the new objects, then moves all refs in one transaction that compares their old
 * values. Where somebody else moved one meanwhile, it reads again and makes a new plan. A process killed at any moment leaves
 * the refs as they were or as they should be. V1 is never written.
 */
export async function migrate(repo: Repository, options: MigrateOptions = {}): Promise<MigrateResult> {
  const warnings = new Set<string>();
  const onEvent = (event: ProgressEvent) => {
    // A plan that is made again has the same warnings again.
    if (event.kind === 'warning' && warnings.has(event.message)) return;
    if (event.kind === 'warning') warnings.add(event.message);
    options.onEvent?.(event);
  };
  const { rebuild = false, dryRun = false } = options;
  const { fullCurrentMode = 'accumulate', acceptsLost = false } = options;
  const planOptions: PlanOptions = {
    ...(await generationSize(repo, options)),
    fullCurrentMode,
    rebuild,
    acceptsLost,
    source: options.source,
    comparesAgain: true,
    onEvent,
  };
  const plan = dryRun ? await planSplit(repo, planOptions) : await updateSplit(repo, planOptions);
  const left = await leftOnSecondBranch(repo, plan.v1);
  if (left !== undefined) onEvent({ kind: 'warning', message: left });
  const isIdle = plan.v1 !== undefined && plan.updates.length === 0;
  const unreadable = isIdle ? await unreadableTarget(repo, BRANCH_TO_SPLIT) : undefined;
  if (unreadable !== undefined) onEvent({ kind: 'warning', message: unreadable });
  const moved = !dryRun && plan.updates.length > 0;
  const idle = plan.status === 'up-to-date' && unreadable !== undefined ? 'differs' : plan.status;
  return {
    status: moved ? 'migrated' : idle,
    mode: plan.mode,
    v1: plan.v1 === undefined ? null : { ref: plan.v1.name, tip: plan.v1.id },
    refs: plan.updates,
    counts: plan.counts,
    oddities: groupOddities(plan.oddities),
    backup: plan.backup,
    warnings: [...warnings],
    dryRun,
  };
}

/** As `migrate`, from another layout than V1, by way of the V1 that this would be; `undefined` where the layout is not here. */
export async function migrateThroughBranch(
  repo: Repository,
  pair: LayoutPair,
  options: Omit<MigrateOptions, 'source'>,
): Promise<MigrateResult | undefined> {
  const { dryRun = false } = options;
  const way = await ThroughBranch.open(repo, pair);
  const made = await way.v1(dryRun);
  if (made === undefined) return undefined;
  const result = await migrate(made.repo, { ...options, source: made.v1 });
  if (!dryRun) await way.remember(made, result.refs);
  return result;
}

/** Oddities by code, in the order in which the codes are listed. */
function groupOddities(oddities: readonly Oddity[]): OddityGroup[] {
  const codes = Object.keys(ODDITIES) as OddityCode[];
  return codes.flatMap((code) => {
    const found = oddities.filter((oddity) => oddity.code === code);
    if (found.length === 0) return [];
    const checkpoints = [...new Set(found.flatMap(({ checkpoint }) => checkpoint ?? []))];
    return [{ code, description: ODDITIES[code], count: found.length, checkpoints }];
  });
}
