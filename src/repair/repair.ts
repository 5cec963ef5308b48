import type { ProgressListener } from '../checkpoint/progress.ts';
import { generationSize } from '../generations/size.ts';
import { BadObjectError, RefConflictError } from '../git/errors.ts';
import { executePlan } from '../git/execute-plan.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import { toObjectId } from '../git/object-id.ts';
import { rehearsal } from '../git/rehearsal.ts';
import type { Repository } from '../git/repository.ts';
import type { LayoutName, LayoutPair } from '../layout/layout.ts';
import { type LayoutRefs, readLayoutRefs } from '../layout/layout-refs.ts';
import { BRANCH_TO_SPLIT, isFreeLayout, isMadeOf, listLayoutRefs } from '../layout/layouts.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { mainRelationOf } from '../project/relation.ts';
import { planMigration } from '../project/split/plan.ts';
import { readPrimaryLayout } from '../stores/primary-layout.ts';
import type { Finding } from '../verify/finding.ts';
import { choosePairs, layoutsAmong } from '../verify/pairs/choose-pairs.ts';
import { onlyLayout } from '../verify/pairs/only-layout.ts';
import type { VerifyReport } from '../verify/report.ts';
import { verify } from '../verify/verify.ts';
import { planAloneRepair } from './plan-alone-repair.ts';
import { planForeignRepair } from './plan-foreign-repair.ts';
import { planOwnRepair, type RepairContext } from './plan-own-repair.ts';
import { emptyPlan, type RepairPlan } from './plan-repair.ts';
import { mendsByBranch, repairBetween } from './repair-between.ts';
import {
  type MendedGroup,
  type RepairedPair,
  type RepairResult,
  type RepairStatus,
  verified,
} from './repair-result.ts';
import { restoreObjects } from './restore-objects.ts';
import { AFTER_OBJECTS, NO_V1, NOT_COMPARABLE, sortFindings, UNREAD } from './unmended.ts';

/** Options of a repair. */
export interface RepairOptions {
  /** Works out what would be done, down to the ids of the refs, and writes nothing. */
  readonly dryRun?: boolean;
  /** How many checkpoints a generation should hold at most. Default: 100. */
  readonly maxCheckpoints?: number;
  /** The layout that supplies what is mended, and the one that is mended. Default: by the settings, as for verify, but V1 for V2. */
  readonly from?: LayoutName | undefined;
  readonly to?: LayoutName | undefined;
  /** The environment, which may name the primary layout. Default: an empty one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onEvent?: ProgressListener;
}

/** What is done about what verify has found. */
interface VerifiedPlan extends RepairPlan {
  readonly report: VerifyReport;
}

/**
 * Mends what verify finds in each layout that it compares with the primary one, or between the two that are named, on top of what they have.
 * Throws a `CkptError` where one layout is here alone, or V2 is to be mended by something else than V1.
 */
export async function repair(repo: Repository, options: RepairOptions = {}): Promise<RepairResult> {
  const { dryRun = false, onEvent = () => undefined } = options;
  const pairs = await pairsToMend(repo, options);
  // What is mended first is there for what comes after it, in a dry run too.
  const scene = dryRun ? rehearsal(repo) : repo;
  const results: RepairedPair[] = [];
  for (const { from, to } of pairs) {
    if (isFreeLayout(to)) {
      const result = await repairBetween(scene, { from, to }, onEvent);
      results.push(dryRun ? rehearsed(result) : result);
    } else results.push(await repairSplit(scene, options));
  }
  const [first, ...others] = results as [RepairedPair, ...RepairedPair[]];
  return { ...first, others };
}

/** What is mended by what, V1 first: V2 follows from V1, which mends it also where the settings call another layout primary. */
async function pairsToMend(
  repo: Repository,
  { from, to, env = {}, onEvent }: RepairOptions,
): Promise<readonly [LayoutPair, ...LayoutPair[]]> {
  const refs = await listLayoutRefs(repo);
  const { layout: primary } = await readPrimaryLayout(repo, env, from && to ? undefined : onEvent);
  const { pairs, source } = choosePairs(refs, { from, to, primary });
  const hasBranch = layoutsAmong(refs).includes('v1');
  const isFree = from === undefined && to === undefined;
  const [first, ...rest] = pairs.map((pair): LayoutPair => {
    // Who means V1 to be mended by V2, or V2 by git-refs, says so.
    const isOfBranch = !isFreeLayout(pair.to) || isMadeOf({ from: pair.to, to: pair.from });
    return isFree && hasBranch && isOfBranch ? BRANCH_TO_SPLIT : pair;
  });
  // For a V2 alone this says what it lacks.
  if (first === undefined && !isFreeLayout(source)) return [BRANCH_TO_SPLIT];
  if (first === undefined) throw await onlyLayout(repo, source);
  const byOther = [first, ...rest].find((pair) => !isFreeLayout(pair.to) && !isMadeOf(pair));
  if (byOther !== undefined) throw mendsByBranch(byOther.from);
  return [first, ...rest];
}

/** A result of a rehearsal. */
function rehearsed(result: RepairedPair): RepairedPair {
  const status = result.status === 'repaired' ? 'planned' : result.status;
  return { ...result, status, verified: null, dryRun: true };
}

/**
 * Mends what verify finds and V1 can supply, on top of the V2 that is there: objects first, then all refs in one transaction
 * that compares their old values. What can't be mended is left as it is, with the reason. Verifies again afterwards.
 */
async function repairSplit(repo: Repository, options: RepairOptions): Promise<RepairedPair> {
  const { dryRun = false, onEvent = () => undefined } = options;
  const size = await generationSize(repo, options);
  const settings = { maxCheckpoints: size.maxCheckpoints, onEvent, ...BRANCH_TO_SPLIT };
  const objects = await restoreObjects(repo, { ...size, onEvent }, dryRun);
  // On top of objects that are still gone nothing can be planned.
  if (dryRun && objects.length > 0) return plannedObjects(repo, objects, settings);
  const makePlan = () => verifyAndPlan(repo, settings);
  const plan = dryRun ? await makePlan() : await executePlan(repo, makePlan, { message: 'ckpt repair', onEvent });
  const { report } = plan;
  const movesRefs = plan.updates.length > 0;
  const isBetween = report.v1.tip === null;
  const sorted = sortFindings(report.findings, plan.reasonOf, { movesRefs, isBetween });
  const mended = [...mendedObjects(objects), ...sorted.mended];
  const { left } = sorted;
  const isMended = movesRefs || objects.length > 0;
  const after = dryRun ? null : verified(movesRefs ? await verify(repo, { ...settings, ...BRANCH_TO_SPLIT }) : report);
  return {
    status: statusOf(isMended, dryRun, left.length > 0),
    ...BRANCH_TO_SPLIT,
    source: report.source,
    v1: report.v1,
    mended,
    left,
    refs: plan.updates,
    backup: plan.backup,
    warnings: plan.warnings,
    isWhole: after === null ? left.every(({ finding }) => finding.severity !== 'error') : after.counts.errors === 0,
    verified: after,
    dryRun,
  };
}

function mendedObjects(objects: readonly Finding[]): readonly MendedGroup[] {
  return sortFindings(objects, () => undefined, { movesRefs: true }).mended;
}

/** A dry run where objects are gone that V1 gives: what else is to be done shows when they are here again. */
async function plannedObjects(
  repo: Repository,
  objects: readonly Finding[],
  settings: Settings,
): Promise<RepairedPair> {
  const report = await verify(repo, settings);
  const others = report.findings.filter((one) => !objects.some(({ message }) => message === one.message));
  const { left } = sortFindings(others, () => AFTER_OBJECTS, { movesRefs: false });
  return {
    status: 'planned',
    ...BRANCH_TO_SPLIT,
    source: report.source,
    v1: report.v1,
    mended: mendedObjects(objects),
    left,
    refs: [],
    backup: null,
    warnings: [],
    isWhole: left.every(({ finding }) => finding.severity !== 'error'),
    verified: null,
    dryRun: true,
  };
}

function statusOf(isMended: boolean, dryRun: boolean, isLeft: boolean): RepairStatus {
  if (isMended) return dryRun ? 'planned' : 'repaired';
  return isLeft ? 'nothing-mended' : 'nothing-to-do';
}

type Settings = Required<Pick<RepairOptions, 'maxCheckpoints' | 'onEvent'>>;

/** Verifies, and works out what has to be done, down to the ids of the refs. */
async function verifyAndPlan(repo: Repository, settings: Settings): Promise<VerifiedPlan> {
  const report = await verify(repo, { ...settings, ...BRANCH_TO_SPLIT });
  const refs = await readLayoutRefs(repo);
  assertUnmoved(report, refs);
  return { report, ...(await planRepair(repo, refs, report, settings)) };
}

async function planRepair(
  repo: Repository,
  refs: LayoutRefs,
  { findings }: VerifyReport,
  settings: Settings,
): Promise<RepairPlan> {
  const { v1, main } = refs;
  if (findings.every(({ severity }) => severity === 'note')) return emptyPlan(undefined);
  if (main === undefined) return emptyPlan(v1 === undefined ? NO_V1 : undefined);
  if (v1 === undefined) return planAloneRepair(repo, refs, findings);
  const context = { repo, refs: { ...refs, v1, main }, findings, ...settings };
  const relation = await mainRelationOf(repo, v1, { name: MAIN_REF, id: main });
  switch (relation.kind) {
    case 'same':
    case 'behind':
      return planOwnRepair(context, relation.origin).catch(inCaseOf(BadObjectError, () => planAfresh(context)));
    case 'foreign':
      // What another writer has on unreadable trees is not replaced unasked.
      return planForeignRepair(context).catch(inCaseOf(BadObjectError, () => emptyPlan(UNREAD)));
    case 'ahead':
    case 'rewritten':
      return emptyPlan(NOT_COMPARABLE);
  }
}

/** On top of trees that can't be read and that V1 does not give nothing can be planned: V2 is projected afresh then, the old one is kept. */
async function planAfresh({ repo, maxCheckpoints, onEvent }: RepairContext): Promise<RepairPlan> {
  const options = { maxCheckpoints, onEvent, rebuild: true, fullCurrentMode: 'accumulate' } as const;
  const { updates, writer, backup, warnings } = await planMigration(repo, options);
  return { updates, writer, backup, warnings, reasonOf: () => undefined };
}

/** What was verified has to be what is planned on. Throws `RefConflictError` where somebody moved a ref meanwhile. */
function assertUnmoved({ v1, v2 }: VerifyReport, refs: LayoutRefs): void {
  const before = new Map([
    [v1.ref, v1.tip],
    [MAIN_REF, v2.main],
    ...v2.archives.map(({ ref, id }) => [ref, id] as const),
  ]);
  const now = new Map(refs.v2);
  if (refs.v1 !== undefined) now.set(refs.v1.name, refs.v1.id);
  for (const [ref, id] of before) {
    const actual = now.get(ref) ?? null;
    if (actual !== id) throw new RefConflictError(ref, id === null ? null : toObjectId(id), actual);
  }
}
