import { CHECKPOINT_ID_FORM, type CheckpointId, parseCheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { generationSize } from '../generations/size.ts';
import { fetchHint } from '../git/fetch-hint.ts';
import type { ObjectId } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { withSharedWalk } from '../git/shared-walk.ts';
import { withHeldAlone } from '../layout/held-alone-view.ts';
import type { LayoutName, LayoutPair } from '../layout/layout.ts';
import { type LayoutRefs, layoutRefsAmong } from '../layout/layout-refs.ts';
import { isMadeOf, listLayoutRefs } from '../layout/layouts.ts';
import { BRANCH_REF, checkpointOfRef } from '../layout/ref-names.ts';
import { assertBranchCommit } from '../project/relation.ts';
import { readPrimaryLayout } from '../stores/primary-layout.ts';
import { checkObjects, withObjects } from './check-objects.ts';
import { compareAlone } from './compare-layouts.ts';
import { compareBranchWithSplit } from './compare-split.ts';
import type { Compared } from './comparison.ts';
import { findLosses, NO_LOSSES } from './find-losses.ts';
import type { Finding } from './finding.ts';
import { idsIn } from './pairs/checkpoint-findings.ts';
import { type ChosenPairs, choosePairs, layoutsAmong } from './pairs/choose-pairs.ts';
import { compareNothing } from './pairs/compare-alone.ts';
import { comparePair, openView, type PairCompared } from './pairs/compare-pair.ts';
import type { DeepCounts, VerifyReport } from './report.ts';
import { type PairResult, reportOf } from './report-of.ts';
import { type CheckpointScope, resolveScope } from './scope/scope.ts';
import { announcingDeep } from './verify-phases.ts';

/** Options of verify. */
export interface VerifyOptions {
  /** Looks at these checkpoints alone, and at those of `since` and `commits`; at everything where nothing is named. */
  readonly checkpoints?: readonly string[];
  /** Looks at the checkpoints that V1 got or changed after a revision of its branch, or since a moment (see `parseSince`). */
  readonly since?: string;
  /** Looks at the checkpoints that the trailers of these commits of the user name: a range as `git rev-list` reads it. */
  readonly commits?: string;
  /** The time that `since` counts back from, in milliseconds since 1970. Default: the clock's. */
  readonly now?: number;
  /** How many checkpoints a generation should hold at most. Default: 100. */
  readonly maxCheckpoints?: number;
  /** Reads all contents as well, and asks for every object. */
  readonly deep?: boolean;
  /** Makes it an error where `since` or `commits` names no checkpoint, so that nothing is looked at. */
  readonly requires?: boolean;
  /** Looks for secrets too, where `deep`. */
  readonly secrets?: boolean;
  /** The layout that is compared with others, and the one that should have what it has. Default: by the settings. */
  readonly from?: LayoutName;
  readonly to?: LayoutName;
  /** The environment, which may name the primary layout. Default: an empty one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onEvent?: ProgressListener;
}

/** One run: what was asked for, and the refs that it looks at. */
export interface VerifyRun {
  readonly repo: Repository;
  /** All refs that a layout may read, and the same by what V1 and V2 make of them. */
  readonly refs: readonly Ref[];
  readonly layoutRefs: LayoutRefs;
  readonly options: VerifyOptions;
  readonly ids: readonly CheckpointId[];
  readonly maxCheckpoints: number;
  readonly onEvent: ProgressListener;
}

/**
 * Compares layouts: whether each that is here has what the one has that the settings call primary, or what `from` has that is named.
 * By object ids where one follows from the other; where these differ, and everywhere else, by what both hold. Writes nothing, and
 * never stops at the first finding. Where V1 is gone and V2 alone is here, the archives are proved by the manifest. Throws a
 * `CkptError` where there is no layout to look at.
 */
export async function verify(repo: Repository, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { onEvent = () => undefined, checkpoints = [] } = options;
  const ids = checkpoints.map(assertCheckpointId);
  onEvent({ kind: 'phase', phase: 'read refs' });
  const refs = await listLayoutRefs(repo);
  const layoutRefs = layoutRefsAmong(refs);
  const { maxCheckpoints } = await generationSize(repo, options, layoutRefs);
  // Where both are named, the settings don't matter.
  const isOpen = options.from === undefined || options.to === undefined;
  const { layout: primary } = await readPrimaryLayout(repo, options.env ?? {}, isOpen ? onEvent : undefined);
  const chosen = choosePairs(refs, { from: options.from, to: options.to, primary });
  const asked: VerifyRun = { repo, refs, layoutRefs, options, ids, maxCheckpoints, onEvent };
  if (isSplitAlone(asked, chosen)) return verifySplitAlone(asked);
  const scope = await scopeOf(asked, chosen);
  const run: VerifyRun = { ...asked, repo: withSharedWalk(repo, walkedTips(layoutRefs, chosen, scope)) };
  // Git compares the trees of V1's history while this program compares layouts.
  const losses = findLosses(run.repo, refs, scope);
  losses.catch(() => undefined); // awaited below, or something has failed already
  const results: PairResult[] = [];
  for (const pair of chosen.pairs) {
    results.push(isMadeOf(pair) ? await verifySplit(run, pair, scope) : await verifyPair(run, pair, scope));
  }
  if (chosen.pairs.length === 0) results.push(await verifyAlone(run, chosen.source, scope));
  return reportOf(run, chosen, options.requires === true ? demanding(scope) : scope, results, await losses);
}

/** The commits whose whole histories are walked: V1's, for what it lost, and that of `main` where all of it is compared with it. */
function walkedTips(
  { v1, main }: LayoutRefs,
  { pairs }: ChosenPairs,
  scope: CheckpointScope | undefined,
): readonly ObjectId[] {
  const isOfSplit = scope === undefined && pairs.some(isMadeOf);
  return [v1?.id, isOfSplit ? main : undefined].flatMap((id) => id ?? []);
}

/** A scope in which it is an error that it is empty. */
function demanding(scope: CheckpointScope | undefined): CheckpointScope | undefined {
  return (
    scope && {
      ...scope,
      findings: scope.findings.map((one) => (one.code === 'NOTHING_COMPARED' ? { ...one, severity: 'error' } : one)),
    }
  );
}

/** A V2 without the V1 that it comes from, and with nothing else to compare it with. */
function isSplitAlone({ layoutRefs }: VerifyRun, { pairs, source }: ChosenPairs): boolean {
  if (layoutRefs.v1 !== undefined) return false;
  const isOfSplit = pairs.length === 1 && pairs.every(isMadeOf);
  return (pairs.length === 0 && source === 'v2') || isOfSplit;
}

async function verifySplitAlone(run: VerifyRun): Promise<VerifyReport> {
  const { repo, layoutRefs: refs, options, maxCheckpoints, onEvent } = run;
  if (refs.v2.size === 0) throw await noBranch(run.repo);
  const chosen = { pairs: [], source: 'v2', isPrimaryMissing: false } as const;
  const scope = await scopeOf(run, chosen);
  const alone = compareAlone(
    { repo, refs, objects: new ObjectOverlay(repo), maxCheckpoints, onEvent },
    scope?.ids ?? [],
  );
  const compared = await (options.deep === true
    ? besideComparing(run, alone, undefined, scope)
    : withObjects(alone, repo, refs, { v1: undefined, checkpoints: scope?.ids }));
  const view = scope && openView(repo, 'v2', run.refs);
  const known = new Set(view === undefined ? [] : (await idsIn(withHeldAlone(repo, view), scope?.ids)).ids);
  return reportOf(run, chosen, scope, [{ pair: undefined, ...compared, known }], NO_LOSSES);
}

async function scopeOf(run: VerifyRun, { source }: ChosenPairs): Promise<CheckpointScope | undefined> {
  const { repo, refs, layoutRefs, options, ids } = run;
  if (layoutRefs.v1 !== undefined && source === 'v1') await assertBranchCommit(repo, layoutRefs.v1);
  const view = openView(repo, source, refs);
  const scoped = { ...options, checkpoints: ids };
  return resolveScope(repo, source === 'v1' ? layoutRefs.v1 : undefined, view, scoped, options.now ?? Date.now());
}

/** V1 and V2: what follows from V1 with what is there. */
async function verifySplit(run: VerifyRun, pair: LayoutPair, scope: CheckpointScope | undefined): Promise<PairResult> {
  const { repo, layoutRefs: refs, options, maxCheckpoints, onEvent } = run;
  const { v1 } = refs;
  if (v1 === undefined) throw await noBranch(run.repo);
  const listener = options.deep === true ? announcingDeep(onEvent) : onEvent;
  const comparing = compareBranchWithSplit({ repo, refs, maxCheckpoints, onEvent: listener }, v1, scope);
  const compared = await (options.deep === true
    ? besideComparing(run, comparing, v1, scope)
    : withObjects(comparing, repo, refs, { v1, checkpoints: scope?.ids }));
  const asked = new Set(scope?.ids);
  for (const { code, checkpoint } of compared.findings) {
    if (code === 'CHECKPOINT_UNKNOWN' && checkpoint !== undefined) asked.delete(checkpoint as CheckpointId);
  }
  return { pair, ...compared, known: asked };
}

async function besideComparing(
  { repo, layoutRefs, options }: VerifyRun,
  comparing: Promise<Compared>,
  v1: Ref | undefined,
  scope: CheckpointScope | undefined,
) {
  comparing.catch(() => undefined); // looked at below
  const { secrets: findsSecrets = false, onEvent = () => undefined } = options;
  const { withDeep } = await import('./deep/with-deep.ts');
  return withDeep(comparing, repo, layoutRefs, { v1, checkpoints: scope?.ids, findsSecrets, onEvent });
}

/** Any other two layouts. */
async function verifyPair(run: VerifyRun, pair: LayoutPair, scope: CheckpointScope | undefined): Promise<PairResult> {
  const { repo, refs, onEvent } = run;
  const comparing = comparePair({ ...pair, repo, refs, ids: scope?.ids, onEvent });
  const compared = await besidePair(run, comparing, pair, scope);
  return { pair, ...compared, counts: countsOf(compared) };
}

async function verifyAlone(
  run: VerifyRun,
  source: LayoutName,
  scope: CheckpointScope | undefined,
): Promise<PairResult> {
  const view = openView(run.repo, source, run.refs);
  if (view === undefined) throw await noBranch(run.repo);
  const compared = await besidePair(run, compareNothing(view, scope?.ids), undefined, scope);
  return { pair: undefined, ...compared, counts: countsOf(compared) };
}

/**
 * The objects besides, and where it is asked for the contents: of git-refs and of V2, each beside V1 where that is one of the two,
 * else alone.
 */
async function besidePair<T extends { readonly findings: readonly Finding[] }>(
  { repo, refs, layoutRefs, options, onEvent }: VerifyRun,
  comparing: Promise<T>,
  pair: LayoutPair | undefined,
  scope: CheckpointScope | undefined,
): Promise<T & { readonly deep?: DeepCounts }> {
  const layouts: readonly LayoutName[] = pair === undefined ? layoutsAmong(refs) : [pair.from, pair.to];
  const gitRefs = refs.filter(({ name }) => checkpointOfRef(name) !== undefined);
  const about = { v1: layouts.includes('v1') ? layoutRefs.v1 : undefined, checkpoints: scope?.ids };
  const looks = [
    ...(layouts.includes('v2') ? [about] : []),
    ...(layouts.includes('refs') ? [{ ...about, gitRefs }] : []),
  ];
  if (options.deep !== true) {
    const objects = looks.map((look) => checkObjects(repo, layoutRefs, look));
    const [compared, ...found] = await Promise.all([comparing, ...objects]);
    const lost = found.flatMap((own, i) =>
      own.filter(({ object }) => pair === undefined || !isLacked(object, found[1 - i])),
    );
    return { ...compared, findings: [...compared.findings, ...lost.map((one) => ({ ...one, ...pair }))] };
  }
  const { lookAlso } = await import('./deep/with-deep.ts');
  let looked: T & { readonly deep?: DeepCounts } = await comparing;
  for (const look of looks) {
    const findsSecrets = options.secrets === true;
    looked = await lookAlso(looked, repo, layoutRefs, { ...look, findsSecrets, onEvent, pair });
  }
  return looked;
}

/** Whether an object is absent from the other layout as well, which so has not lost it. */
function isLacked(object: string | undefined, others: readonly Finding[] | undefined): boolean {
  return others?.some((other) => other.code === 'OBJECT_GONE' && other.object === object) === true;
}

function countsOf({ commits, checkpoints, sessions }: PairCompared): Compared['counts'] {
  return { commits, checkpoints, sessions, currentCheckpoints: 0, prunedTranscripts: 0 };
}

function assertCheckpointId(text: string): CheckpointId {
  const id = parseCheckpointId(text);
  if (id !== undefined) return id;
  throw new CkptError('BAD_CHECKPOINT_ID', `not a checkpoint ID: ${text}`, {
    hint: CHECKPOINT_ID_FORM,
    exitCode: 2,
  });
}

async function noBranch(repo: Repository): Promise<CkptError> {
  return new CkptError('NO_V1', `there is no V1 branch here: neither ${BRANCH_REF} nor origin's copy of it`, {
    hint: await fetchHint(repo),
    exitCode: 3,
  });
}
