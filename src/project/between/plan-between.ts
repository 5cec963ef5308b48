import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { ProgressListener } from '../../checkpoint/progress.ts';
import { lackingCheckpoints } from '../../compare/compare-checkpoints.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { ObjectOverlay } from '../../git/object-overlay.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../../git/repository.ts';
import { stagedRepository } from '../../git/staged-repository.ts';
import { allFolders } from '../../layout/checkpoint-walk.ts';
import type { FreeLayout, LayoutName, View } from '../../layout/layout.ts';
import { branchAmong } from '../../layout/layout-refs.ts';
import { layoutOf, listLayoutRefs, openLayout } from '../../layout/layouts.ts';
import {
  BRANCH_REF,
  backupPrefix,
  CHECKPOINTS_PREFIX,
  checkpointOfRef,
  checkpointTips,
  REST_REF,
  SECOND_BRANCH_REF,
} from '../../layout/ref-names.ts';
import { openBranch } from '../../layout/v1-layout.ts';
import { restoreBranch } from '../back/restore-branch.ts';
import { NO_FATES, onlySome, type SessionFates } from '../back/session-fate.ts';
import { readDeletedCheckpoints } from '../refs/deleted-checkpoints.ts';
import { planRefs, type RefsPlan } from '../refs/plan-refs.ts';
import { type LayoutMigrationCounts, NO_LAYOUT_COUNTS } from './layout-counts.ts';
import { type BeforeRun, isAsSeen, movedSince, type SeenRefs, seenAfter } from './seen-refs.ts';
import { writtenSince } from './written-since.ts';

/** What was read: a ref and its commit, or what the refs of many checkpoints have in common. */
export interface BetweenSource {
  readonly ref: string;
  readonly commit: ObjectId | null;
}

/** A plan without the source that it was made from. */
interface Steps extends Omit<BetweenPlan, 'source'> {
  /** Its counts are those of the checkpoints that were looked at alone. */
  readonly isPart?: boolean;
}

/** What is to be done, and what it means. */
export interface BetweenPlan {
  /** `null` where the layout that was to be read is not here, so that nothing is to be done. */
  readonly source: BetweenSource | null;
  readonly updates: readonly RefUpdate[];
  readonly writer: ObjectWriter | undefined;
  readonly counts: LayoutMigrationCounts;
  readonly backup: string | null;
  readonly warnings: readonly string[];
  /** What became of sessions of V2 that came back, by their folders there. */
  readonly sessions: SessionFates;
  /** Checkpoints that V1 has otherwise than the source, or has less of, and keeps so. Empty where nobody has asked. */
  readonly left: readonly CheckpointId[];
  /** What is there when the plan has been carried out; `undefined` where that is what was there before, or is not all. */
  readonly seen?: SeenRefs | undefined;
}

/** What a plan is made for. */
export interface BetweenContext {
  readonly repo: Repository;
  readonly dryRun: boolean;
  readonly onEvent: ProgressListener;
  /** Projects all of V1 onto git-refs again, whatever an earlier run has made: so what was damaged since is found. */
  readonly isAfresh?: boolean;
  /** Plans as if the layout to be brought up were not here, nor anything of it in the object store: so its objects are made again. */
  readonly isFromNothing?: boolean;
  /** Says which checkpoints V1 keeps otherwise (`BetweenPlan.left`). */
  readonly comparesLeft?: boolean;
  /** What the last run has left. It is only looked at what has moved since. */
  readonly seen?: SeenRefs | undefined;
}

/** Plans how V1 gets what another layout has. */
async function planToBranch(
  { repo, onEvent, seen, comparesLeft = false, isFromNothing }: BetweenContext,
  view: View,
  refs: readonly Ref[],
): Promise<Steps> {
  const v1 = branchAmong(refs);
  const known = comparesLeft && seen?.left === null ? undefined : seen;
  const only = layoutOf(view.layout).hasRefPerCheckpoint ? movedSince(known, v1, view.refs) : undefined;
  const writer = repo.objectWriter();
  onEvent({ kind: 'phase', phase: 'project commits' });
  const objects = new ObjectOverlay(repo);
  const made = await restoreBranch({ repo, objects, history: writer, view, v1: v1?.id, only, isFromNothing });
  const { tip, commits, folders, restored, joined, differing, fates } = made;
  const staged = stagedRepository(repo, objects);
  const whole = comparesLeft && tip ? openBranch(staged, { name: BRANCH_REF, id: tip }) : undefined;
  const found = whole === undefined ? [] : await lackingCheckpoints(staged, view, whole, differing);
  // What has not moved is as it was.
  const there = new Set(only === undefined ? [] : await view.ids());
  const left = [...found, ...(known?.left ?? []).filter((id) => there.has(id) && only?.has(id) === false)].sort();
  for (const folder of folders) objects.store(folder, writer);
  const local = v1?.name === BRANCH_REF ? v1.id : null;
  const updates = tip === undefined || tip === v1?.id ? [] : [{ ref: BRANCH_REF, old: local, new: tip }];
  const counts = { ...NO_LAYOUT_COUNTS, commits: commits.length, restored: restored.length, joined: joined.size };
  return { updates, writer, counts, backup: null, warnings: [], sessions: fates, left };
}

/** The V1 that a layout would be, and the repository in which its commits are. */
export interface MadeBranch {
  readonly repo: Repository;
  readonly v1: Ref;
  /** What became of the layout's sessions, where the V1 was made. */
  readonly sessions: SessionFates;
}

/**
 * The V1 that a layout would be, for projecting it further. Its commits are stored; in a dry run they are there in the repository that is
 * returned alone.
 */
async function throughBranch(
  { repo, dryRun }: Pick<BetweenContext, 'repo' | 'dryRun'>,
  view: View,
): Promise<MadeBranch | undefined> {
  const objects = new ObjectOverlay(repo);
  const writer = repo.objectWriter();
  // What a dry run projects further is read out of what was made.
  const history = dryRun ? objects : writer;
  const { tip, commits, folders, fates } = await restoreBranch({ repo, objects, history, view, v1: undefined });
  if (tip === undefined) return undefined;
  const v1 = { name: view.where, id: tip };
  if (dryRun) return { repo: stagedRepository(repo, objects), v1, sessions: fates };
  for (const folder of folders) objects.store(folder, writer);
  if (commits.length > 0) await writer.flush();
  return { repo, v1, sessions: fates };
}

/** Plans how git-refs get what V1 has, and what a second V1 has beside it. */
async function planToRefs(
  { repo, onEvent, isAfresh = false }: BetweenContext,
  v1: Ref,
  { refs, deleted }: BeforeRun,
  { withCustom, only }: { readonly withCustom: boolean; readonly only?: ReadonlySet<CheckpointId> | undefined },
): Promise<Steps> {
  const writer = repo.objectWriter();
  const source = {
    repo,
    sink: writer,
    refs: checkpointTips(refs),
    isAfresh,
    deleted,
    onCommits: (done: number, total: number) => onEvent({ kind: 'progress', phase: 'project commits', done, total }),
  };
  onEvent({ kind: 'phase', phase: 'project commits' });
  const rest = refs.find(({ name }) => name === REST_REF)?.id;
  const plans = [await planRefs({ ...source, v1, rest, withRest: true, without: only && ((id) => !only.has(id)) })];
  const custom = refs.find(({ name, id }) => name === SECOND_BRANCH_REF && id !== v1.id);
  if (withCustom && custom !== undefined) {
    const onBranch = await allFolders(repo, v1.id);
    plans.push(
      await planRefs({ ...source, v1: custom, rest: undefined, withRest: false, without: (id) => onBranch.has(id) }),
    );
  }
  return combined(plans, writer);
}

function combined(plans: readonly RefsPlan[], writer: ObjectWriter): Steps {
  const changes = plans.flatMap((plan) => [...plan.changes]);
  const counts: Record<keyof LayoutMigrationCounts, number> = { ...NO_LAYOUT_COUNTS };
  for (const [, change] of changes) counts[change] += 1;
  for (const { commits, deleted } of plans) {
    counts.commits += commits;
    counts.deleted += deleted.length;
  }
  const replaced = changes.flatMap(([id, change]) => (change === 'replaced' ? [id] : []));
  const prefix = backupPrefix(new Date());
  const kept = plans
    .flatMap(({ updates }) => updates)
    .filter(({ ref }) => replaced.some((id) => checkpointOfRef(ref) === id));
  const backups = kept.map(({ ref, old }) => ({
    ref: prefix + ref.slice(CHECKPOINTS_PREFIX.length),
    old: null,
    new: old,
  }));
  const numbers = new Map(plans.flatMap(({ unheldNumbers }) => [...unheldNumbers]));
  const warnings = [...numbers].map(
    ([id, list]) =>
      `${id}: its summary keeps numbers that Entire's own migration would have rounded: ${list.join(', ')}`,
  );
  const updates = [...backups, ...plans.flatMap((plan) => plan.updates)];
  const backup = kept.length === 0 ? null : prefix;
  return { updates, writer, counts, backup, warnings, sessions: NO_FATES, left: [] };
}

/** Plans how one layout (`to`) is brought up to another (`from`). */
export async function planBetween(context: BetweenContext, from: LayoutName, to: FreeLayout): Promise<BetweenPlan> {
  context.onEvent({ kind: 'phase', phase: 'read refs' });
  const { repo, seen, comparesLeft = false } = context;
  const refs = await listLayoutRefs(repo);
  const deleted = layoutOf(to).hasRefPerCheckpoint
    ? await readDeletedCheckpoints(repo.commonDir)
    : new Set<CheckpointId>();
  const before = { refs: context.isFromNothing === true ? withoutLayout(refs, to) : refs, deleted };
  const source = sourceOf(repo, refs, from, to);
  if (source === undefined) return NO_PLAN;
  if (seen !== undefined && (seen.left !== null || !comparesLeft) && isAsSeen(seen, { from, to }, before)) {
    return { ...NO_PLAN, source: source.read, counts: seen.counts, left: seen.left ?? [] };
  }
  const steps = await stepsBetween(context, before, source, to);
  if (steps === undefined) return NO_PLAN;
  const isKnown = comparesLeft || (layoutOf(to).hasRefPerCheckpoint && steps.isPart !== true);
  const left = isKnown ? steps.left : null;
  return { ...steps, source: source.read, seen: seenAfter({ from, to }, before, { ...steps, left }) };
}

/** Refs without those of a layout, nor those that are read in their place. */
function withoutLayout(refs: readonly Ref[], layout: LayoutName): readonly Ref[] {
  const own = new Set(layoutOf(layout).refs(refs));
  if (own.size === 0) return refs;
  return withoutLayout(
    refs.filter((ref) => !own.has(ref)),
    layout,
  );
}

/** What is migrated: a V1 onto git-refs, or a layout by way of V1. */
interface Source {
  readonly from: Ref | View;
  readonly read: BetweenSource;
}

function sourceOf(repo: Repository, refs: readonly Ref[], from: LayoutName, to: FreeLayout): Source | undefined {
  const view = openLayout(repo, from, refs);
  // A second V1 stands for the branch where there is none.
  const v1 = from === 'v1' ? (view?.refs[0] ?? refs.find(({ name }) => name === SECOND_BRANCH_REF)) : undefined;
  if (v1 !== undefined && to === 'refs') return { from: v1, read: { ref: v1.name, commit: v1.id } };
  const commit = (layoutOf(from).hasRefPerCheckpoint ? undefined : view?.tips[0]) ?? null;
  return view && { from: view, read: { ref: view.where, commit } };
}

/** `undefined` where the source holds nothing. */
async function stepsBetween(
  context: BetweenContext,
  { refs, deleted }: BeforeRun,
  { from }: Source,
  to: FreeLayout,
): Promise<Steps | undefined> {
  if (!('layout' in from)) {
    const { repo, seen, comparesLeft } = context;
    const only = comparesLeft === true ? undefined : await writtenSince(repo, seen, { refs, deleted }, from);
    const steps = await planToRefs(context, from, { refs, deleted }, { withCustom: true, only });
    return { ...steps, isPart: only !== undefined };
  }
  if (to === 'v1') return planToBranch(context, from, refs);
  to satisfies 'refs'; // another layout needs a plan of its own
  const made = await throughBranch(context, from);
  if (made === undefined) return undefined;
  const steps = await planToRefs({ ...context, repo: made.repo }, made.v1, { refs, deleted }, { withCustom: false });
  const moved = new Set(steps.updates.map(({ ref }) => checkpointOfRef(ref)));
  const sessions = onlySome(made.sessions, ({ checkpoint }) => moved.has(checkpoint));
  return { ...steps, sessions };
}

/**
 * The V1 that a layout would be, for projecting it onto V2; `undefined` where the layout is not here, or holds nothing. In a dry run
 * its commits are there in the repository that is returned alone.
 */
export async function madeBranch(repo: Repository, from: LayoutName, dryRun: boolean): Promise<MadeBranch | undefined> {
  const view = openLayout(repo, from, await listLayoutRefs(repo));
  return view && throughBranch({ repo, dryRun }, view);
}

const NO_PLAN: BetweenPlan = {
  source: null,
  updates: [],
  writer: undefined,
  counts: NO_LAYOUT_COUNTS,
  backup: null,
  warnings: [],
  sessions: NO_FATES,
  left: [],
};
