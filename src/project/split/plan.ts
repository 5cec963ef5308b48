import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { CkptError } from '../../checkpoint/errors.ts';
import { backupOf } from '../../generations/backup.ts';
import { GenerationState } from '../../generations/generation-state.ts';
import { isComplete } from '../../generations/manifest.ts';
import { manifestUpdate } from '../../generations/manifest-update.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import { allFolders } from '../../layout/checkpoint-walk.ts';
import { ifReadable } from '../../layout/if-readable.ts';
import { type LayoutRefs, readLayoutRefs } from '../../layout/layout-refs.ts';
import { MAIN_REF } from '../../layout/ref-names.ts';
import { assertBranchCommit, mainRelationOf, type Relation } from '../relation.ts';
import { findGaps, gapWarnings, isLacking } from './find-gaps.ts';
import { type MigrationCounts, type MigrationMode, NO_COUNTS } from './outcome.ts';
import type { MigrationPlan, PlanContext } from './plan-context.ts';
import { planFirst } from './plan-first.ts';
import { planForeign } from './plan-foreign.ts';
import { planIncremental } from './plan-incremental.ts';
import { planNormal, planRewritten } from './rewritten/plan-rewritten.ts';

/** What a plan is made for. */
export interface PlanOptions
  extends Pick<PlanContext, 'maxCheckpoints' | 'sizeRecord' | 'fullCurrentMode' | 'onEvent'> {
  /** Projects V1 afresh, whatever V2 is there. The refs that this replaces are kept under `refs/ckpt/backup/`. */
  readonly rebuild: boolean;
  /** Goes on where V1 was rewritten and lacks what it had before. */
  readonly acceptsLost?: boolean | undefined;
  /**
   * Makes the generations those of a fresh clone, also where V1 went on as usual: clones that have the same V1 have the same V2
   * then. A V2 of another writer, and one in `replace` mode, is brought up to V1 and no more.
   */
  readonly isNormalizing?: boolean | undefined;
  /** Another V1 than the branch: what a layout was turned into. */
  readonly source?: Ref | undefined;
  /**
   * Looks again whether V2 has what it had: a V2 of another writer is compared where nothing is new in V1, which costs its size, and of one
   * of our own the manifest is read: something may have changed it since.
   */
  readonly comparesAgain?: boolean;
  /** A V1 commit that V2 must have. Where it has it nothing is to be done, also where V1 has gone on since. Default: V1's tip. */
  readonly goal?: ObjectId | undefined;
}

/**
 * Looks at both layouts and works out what has to be done, down to the ids of the refs. Nothing is written. Throws a
 * `CkptError` where V1 and V2 don't fit together and only the user can say which is right.
 */
export async function planMigration(repo: Repository, options: PlanOptions): Promise<MigrationPlan> {
  options.onEvent({ kind: 'phase', phase: 'read refs' });
  const found = await readLayoutRefs(repo);
  const refs = options.source === undefined ? found : { ...found, v1: options.source };
  const { v1 } = refs;
  if (v1 === undefined) return nothingToDo('no-v1', null, undefined);
  await assertBranchCommit(repo, v1);
  const { rebuild, acceptsLost, isNormalizing, source: _, comparesAgain: __, ...rest } = options;
  const afresh: PlanContext = {
    repo,
    refs,
    v1,
    writer: repo.objectWriter(),
    state: GenerationState.ofNothing(repo, refs),
    ...rest,
  };
  if (rebuild) return withBackup(repo, await planFirst(afresh, 'rebuild'), refs);
  if (refs.main === undefined) return planWithoutMain(afresh);
  const context: PlanContext = { ...afresh, state: new GenerationState(repo, refs) };
  const relation = await mainRelationOf(repo, v1, { name: MAIN_REF, id: refs.main });
  const isWhole = refs.current !== undefined;
  if (isNormalizing === true && options.fullCurrentMode === 'accumulate' && isOwn(relation)) {
    return planNormal(context, { v1: relation.origin, main: refs.main });
  }
  switch (relation.kind) {
    case 'same':
      if (isWhole) return withGaps(await planManifest(context, 'incremental'), context, relation, options);
      return planIncremental(context, { v1: relation.origin, main: refs.main });
    case 'behind': {
      if (isWhole && options.goal !== undefined && (await repo.isAncestor(options.goal, relation.origin))) {
        return nothingToDo('up-to-date', 'incremental', v1);
      }
      const plan = await planIncremental(context, { v1: relation.origin, main: refs.main });
      return isWhole ? withGaps(plan, context, relation, options) : plan;
    }
    case 'ahead':
      return nothingToDo('v2-ahead', 'incremental', v1);
    case 'foreign':
      if (isWhole && relation.addedUpTo === v1.id) return planForeignAgain(context, options);
      return planForeign(context);
    case 'rewritten':
      return planRewritten(context, { v1: relation.origin, main: refs.main }, { acceptsLost: acceptsLost ?? false });
  }
}

/** Whether `main` is the projection of the V1 that is here, or of an earlier state of it. */
function isOwn(relation: Relation): relation is Relation & { readonly kind: 'same' | 'behind' } {
  return relation.kind === 'same' || relation.kind === 'behind';
}

/**
 * Nothing is new in V1. Archives that the manifest does not tell of, made by an earlier version or another program, get their
 * entries: which these are is known without looking at them.
 */
async function planManifest(context: PlanContext, mode: MigrationMode): Promise<MigrationPlan> {
  const { repo, refs, state, v1, writer } = context;
  const nothing = nothingToDo('up-to-date', mode, v1);
  const { sizeRecord } = context;
  if (sizeRecord === undefined && isComplete(await state.manifest(), refs.archives)) return nothing;
  const updates = await manifestUpdate({ repo, sink: writer, state, main: refs.main, sizeRecord }, []);
  if (updates.length === 0) return nothing;
  return {
    ...nothing,
    status: 'planned',
    updates,
    writer,
    counts: await standingCounts(state),
  };
}

/**
 * The plan, with what other programs have taken from the generations since. Nothing of it is brought back here: what is absent may be on
 * a remote, and a repair is asked for. Where V1 has gone on, only archives are looked for, so that a run costs what is new.
 */
async function withGaps(
  plan: MigrationPlan,
  { repo, state, v1 }: PlanContext,
  { origin }: { readonly origin: ObjectId },
  { comparesAgain = false }: PlanOptions,
): Promise<MigrationPlan> {
  if (!comparesAgain) return plan;
  const folders = origin === v1.id ? await allFolders(repo, v1.id) : undefined;
  const gaps = await findGaps(repo, state, folders);
  const status = plan.status === 'up-to-date' && isLacking(gaps) ? 'differs' : plan.status;
  const counts = folders === undefined || plan.updates.length > 0 ? plan.counts : await standingCounts(state, folders);
  return { ...plan, status, counts, warnings: [...plan.warnings, ...gapWarnings(gaps)] };
}

/**
 * The counts of a run that projects nothing: what is there is there. Pruned are counted among the checkpoints of V1, where these are
 * given. What can't be read verify reports.
 */
async function standingCounts(
  state: GenerationState,
  folders?: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<MigrationCounts> {
  const counts = await ifReadable(async () => {
    const here = new Set(state.refs.archives.map(({ number }) => number));
    const current = (await state.current())?.checkpoints;
    const standing = { ...NO_COUNTS, generations: here.size, currentCheckpoints: current?.size ?? 0 };
    if (folders === undefined) return standing;
    const gone = [...(await state.entries())].filter(([number, { isPruned }]) => isPruned && !here.has(number));
    const pruned = new Set(gone.flatMap(([, { checkpoints }]) => checkpoints));
    const prunedCheckpoints = [...pruned].filter((id) => folders.has(id) && !current?.has(id)).length;
    return { ...standing, prunedCheckpoints };
  });
  return counts ?? NO_COUNTS;
}

/** Everything that V1 has was added to a V2 of another writer: is it all there still? */
async function planForeignAgain(context: PlanContext, { comparesAgain = false }: PlanOptions): Promise<MigrationPlan> {
  const plan = comparesAgain ? await planForeign(context) : undefined;
  if (plan !== undefined && plan.updates.length > 0) return plan;
  const manifest = await planManifest(context, 'foreign');
  if (plan === undefined || manifest.status === 'planned') return { ...manifest, warnings: plan?.warnings ?? [] };
  return plan;
}

function nothingToDo(status: MigrationPlan['status'], mode: MigrationMode | null, v1: Ref | undefined): MigrationPlan {
  const none = { updates: [], writer: undefined, counts: NO_COUNTS, oddities: [], backup: null, warnings: [] };
  return { status, mode, v1, ...none };
}

/** A first migration. Generations without a `main` are what an interrupted one leaves, or nobody knows what. */
async function planWithoutMain(context: PlanContext): Promise<MigrationPlan> {
  const plan = await planFirst(context, 'first');
  const clash = plan.updates.find(({ old }) => old !== null);
  if (clash === undefined) return plan;
  throw new CkptError(
    'V2_WITHOUT_MAIN',
    `${clash.ref} exists with other content than V1 gives it, though there is no ${MAIN_REF}`,
    {
      hint: [
        'Look at that ref. To replace it: ',
        ['ckpt', 'migrate', '--rebuild'],
        ' (it is kept under refs/ckpt/backup/)',
      ],
    },
  );
}

/** Adds to a plan that the V2 refs which it replaces are kept under `refs/ckpt/backup/<time>/`, in the same transaction. */
async function withBackup(repo: Repository, plan: MigrationPlan, refs: LayoutRefs): Promise<MigrationPlan> {
  const replaced = plan.updates.filter(({ old }) => old !== null);
  if (replaced.length === 0) return plan;
  // All V2 refs go there, also those that stay, so that the backup is a V2 that can be put back as a whole.
  const { prefix, updates, warnings } = await backupOf(repo, refs.v2);
  return {
    ...plan,
    backup: prefix,
    updates: [...updates, ...plan.updates],
    warnings: [...plan.warnings, ...warnings],
  };
}
