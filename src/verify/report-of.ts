import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { LayoutName, LayoutPair } from '../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import { layoutRefsAmong } from '../layout/layout-refs.ts';
import { isMadeOf } from '../layout/layouts.ts';
import { BRANCH_REF } from '../layout/ref-names.ts';
import type { Compared } from './comparison.ts';
import type { LossFindings } from './find-losses.ts';
import { type Finding, finding, kindOf } from './finding.ts';
import { countFindings } from './finding-list.ts';
import type { ChosenPairs } from './pairs/choose-pairs.ts';
import { openView } from './pairs/compare-pair.ts';
import { type DeepCounts, sumOfDeep, type VerifyCounts, type VerifyReport } from './report.ts';
import type { CheckpointScope } from './scope/scope.ts';

/** What came of comparing two layouts; without a pair, of looking at one alone. */
export interface PairResult extends Compared {
  readonly pair: LayoutPair | undefined;
  /** Checkpoints that one of the two has, of those that were asked for; of everything where nothing was. */
  readonly known: ReadonlySet<CheckpointId>;
  readonly deep?: DeepCounts;
}

/** Where a run looked, and whether its source was named. */
interface Looked {
  readonly repo: Repository;
  readonly refs: readonly Ref[];
  readonly options: { readonly from?: LayoutName };
}

/** Puts the results of a run together. */
export function reportOf(
  { repo, refs, options }: Looked,
  { pairs, source, isPrimaryMissing }: ChosenPairs,
  scope: CheckpointScope | undefined,
  results: readonly PairResult[],
  losses: LossFindings,
): VerifyReport {
  const v2 = layoutRefsAmong(refs);
  const { v1 } = v2;
  const findings = [
    ...(scope?.findings ?? []),
    ...(isPrimaryMissing ? [primaryMissing(source)] : []),
    ...[...withoutKnown(results), ...unknown(results, scope)].map((one) => explained(one, losses)),
    ...losses.findings,
  ].map((one) => (v1 === undefined ? withoutBranch(one) : one));
  const deep = results.flatMap((result) => result.deep ?? []);
  const where = openView(repo, source, refs)?.where ?? source;
  const isOfBranch = source === 'v1' || pairs.length === 0 || options.from === undefined;
  return {
    consistent: !findings.some(({ severity }) => severity === 'error'),
    scope: scope === undefined ? null : { checkpoints: scope.ids, commitCount: scope.commits },
    source: { layout: source, ref: where },
    v1: isOfBranch && v1 !== undefined ? { ref: v1.name, tip: v1.id } : { ref: BRANCH_REF, tip: null },
    v2: {
      main: v2.main ?? null,
      current: v2.current ?? null,
      archives: v2.archives.map(({ name, id }) => ({ ref: name, id })),
    },
    pairs: results.flatMap(({ pair, counts, findings: own }) =>
      pair === undefined ? [] : [{ ...pair, ...pairCounts(counts, own) }],
    ),
    counts: countsOf(results, findings, v2.archives.length),
    ...(deep.length === 0 ? {} : { deep: sumOfDeep(deep) }),
    findings,
  };
}

/** Where V1 is not here, nothing that needs it is advised. */
function withoutBranch(one: Finding): Finding {
  return kindOf(one.code).withoutBranch === undefined ? one : { ...one, isWithoutV1: true };
}

function pairCounts({ checkpoints, sessions, commits }: Compared['counts'], findings: readonly Finding[]) {
  const countOf = (severity: Finding['severity']) => countFindings(findings.filter((one) => one.severity === severity));
  return {
    checkpointCount: checkpoints,
    sessionCount: sessions,
    commitCount: commits,
    deletedCount: findings.filter(({ code }) => code === 'CHECKPOINT_DELETED').length,
    errorCount: countOf('error'),
    warningCount: countOf('warning'),
    noteCount: countOf('note'),
  };
}

function countsOf(results: readonly PairResult[], findings: readonly Finding[], generations: number): VerifyCounts {
  const most = (of: (counts: Compared['counts']) => number) => Math.max(0, ...results.map(({ counts }) => of(counts)));
  const count = (severity: Finding['severity']) =>
    countFindings(findings.filter((found) => found.severity === severity));
  return {
    commits: most(({ commits }) => commits),
    checkpoints: most(({ checkpoints }) => checkpoints),
    sessions: most(({ sessions }) => sessions),
    currentCheckpoints: most(({ currentCheckpoints }) => currentCheckpoints),
    prunedTranscripts: most(({ prunedTranscripts }) => prunedTranscripts),
    generations,
    errors: count('error'),
    warnings: count('warning'),
    notes: count('note'),
  };
}

/** What is in neither of two layouts may be in a third. */
function withoutKnown(results: readonly PairResult[]): Finding[] {
  const isKnown = (id: string) => results.some(({ known }) => known.has(id as CheckpointId));
  return results.flatMap(({ findings }) =>
    findings.filter(({ code, checkpoint }) => code !== 'CHECKPOINT_UNKNOWN' || !checkpoint || !isKnown(checkpoint)),
  );
}

/** Checkpoints that were asked for and are in no layout that was looked at; those that commits name are said with the commits. */
function unknown(results: readonly PairResult[], scope: CheckpointScope | undefined): Finding[] {
  const others = results.filter(({ pair }) => pair === undefined || !isMadeOf(pair));
  if (scope === undefined || others.length === 0) return [];
  const said = new Set(
    results.flatMap(({ findings }) =>
      findings.flatMap(({ code, checkpoint }) => (NOWHERE.has(code) ? checkpoint : [])),
    ),
  );
  const isThere = (id: CheckpointId) => results.some(({ known }) => known.has(id));
  const named = new Map(scope.named.map(({ checkpoint, commit }) => [checkpoint, commit]));
  return scope.ids.flatMap((id) => {
    if (isThere(id) || said.has(id)) return [];
    const commit = named.get(id);
    if (commit === undefined) {
      return [finding('CHECKPOINT_UNKNOWN', `the checkpoint ${id} is in no layout here`, { checkpoint: id })];
    }
    const message = `the commit ${commit} names the checkpoint ${id}, which no layout here has`;
    return [finding('TRAILER_UNRESOLVED', message, { commit, checkpoint: id })];
  });
}

/** Of a checkpoint that is nowhere: what deleted it, and what brings it back. */
function explained(one: Finding, { explain }: LossFindings): Finding {
  const { code, checkpoint, commit } = one;
  const reason = NOWHERE.has(code) ? explain(checkpoint) : undefined;
  if (reason === undefined) return one;
  const named = code === 'TRAILER_UNRESOLVED' ? `the commit ${commit} names the checkpoint` : 'the checkpoint';
  return { ...one, message: `${named} ${checkpoint}${code === 'TRAILER_UNRESOLVED' ? ', which' : ''} was ${reason}` };
}

const NOWHERE: ReadonlySet<string> = new Set(['CHECKPOINT_UNKNOWN', 'TRAILER_UNRESOLVED']);

function primaryMissing(source: LayoutPair['from']): Finding {
  const message = `the layout that the settings call primary is not here; ${LAYOUT_NAMES[source]} ${agreeing(source, 'was', 'were')} taken as the source`;
  return finding('PRIMARY_MISSING', message);
}
