import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../checkpoint/files.ts';
import type { Oddity } from '../checkpoint/oddity.ts';
import { readGeneration } from '../generations/generation.ts';
import { createdAtOf } from '../generations/times.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { foldersIn } from '../layout/checkpoint-walk.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { type BranchSurvey, surveyBranch } from '../layout/survey.ts';
import { hashingSink } from '../project/projection.ts';
import { sessionsInSurvey } from '../project/split/plan-context.ts';
import { checkGenerations, type GenerationRules } from './check-generations.ts';
import { checkManifest, readManifestEntries } from './check-manifest.ts';
import { compareAuthors } from './compare-authors.ts';
import { compareForeign } from './compare-foreign.ts';
import { compareHistory } from './compare-history.ts';
import { compareOwn } from './compare-own.ts';
import {
  type Compared,
  type Comparison,
  NOTHING_COMPARED,
  oddityNotes,
  sizeOfCurrent,
  type There,
} from './comparison.ts';
import { type Expected, expectedFrom } from './expected.ts';
import { type Finding, finding } from './finding.ts';
import { historyNotCompared } from './history-not-compared.ts';
import { PastOfCurrent } from './past-of-current.ts';
import { type ReadGeneration, readGenerations } from './read-generations.ts';
import { COMPARING } from './verify-phases.ts';
import { withCauses } from './with-causes.ts';

/**
 * Compares V1 with the V2 that is there: whole, or the checkpoints that were asked for, without a look at the rest. A comparison
 * of the whole looks at generations, manifest and history as well.
 */
export async function compareLayouts(comparison: Comparison): Promise<Compared> {
  const { repo, objects, v1, ids, policy, onEvent } = comparison;
  if (ids === undefined) {
    onEvent(COMPARING);
    onEvent({ kind: 'phase', phase: 'compare coverage' });
  }
  // Histories and generations are read meanwhile: git looks for objects while this program compares others.
  const histories = ids === undefined ? compareHistories(comparison) : Promise.resolve(NO_HISTORY);
  const reading = readThere(comparison);
  for (const work of [histories, reading]) work.catch(() => undefined); // awaited below, or something has failed already
  // Nearly all of our own V2 is known by its ids.
  const sink = policy === 'own' && ids === undefined ? hashingSink(repo.objectFormat) : objects;
  const expected = await expectedFrom(repo, sink, v1, ids);
  const there = await reading;
  const coverage = await (policy === 'own' ? compareOwn : compareForeign)(comparison, expected, there);
  const { survey } = expected;
  const added = onlyInGenerations(expected, there.generations).filter(({ checkpoint }) => {
    return ids === undefined || ids.some((id) => id === checkpoint);
  });
  const rules = rulesOf(comparison, expected, survey, there);
  const known = [...there.findings, ...coverage.onFull, ...added];
  const generations = ids === undefined ? await checkAll(comparison, there, rules, known) : NOT_CHECKED;
  if (ids === undefined) onEvent({ kind: 'phase', phase: 'compare history' });
  const history = await histories;
  const unknown = await explainUnknown(comparison, expected, [...coverage.onMain, ...added]);
  const findings = [
    ...coverage.onMain,
    ...there.findings,
    ...generations.found,
    ...coverage.onFull,
    ...notYetListed(added, coverage.onMain),
    ...generations.manifest,
    ...history.findings,
    ...unknown,
    ...oddityNotes([...survey.oddities, ...expected.strays]),
  ];
  return {
    findings: withCauses(findings, there),
    counts: {
      commits: history.commits,
      checkpoints: expected.checkpoints.size,
      sessions: sessionsInSurvey(survey),
      currentCheckpoints: sizeOfCurrent(there.generations),
      prunedTranscripts: countPruned(findings, survey),
    },
  };
}

/** The transcripts of V1 that were pruned: one for each session that has one there. */
function countPruned(findings: readonly Finding[], { checkpoints }: BranchSurvey): number {
  const pruned = new Set(findings.flatMap(({ code, checkpoint }) => (code === 'TRANSCRIPT_PRUNED' ? checkpoint : [])));
  let count = 0;
  for (const { id, sessions } of checkpoints.values()) {
    if (pruned.has(id)) count += sessions.filter(({ hasTranscript }) => hasTranscript).length;
  }
  return count;
}

/** The generations as such, and what the manifest says of them. `known` are the findings about what they hold. */
async function checkAll(
  { repo, refs, objects, onEvent }: Pick<Comparison, 'repo' | 'refs' | 'objects' | 'onEvent'>,
  { generations, manifest }: There,
  rules: GenerationRules,
  known: readonly Finding[],
): Promise<typeof NOT_CHECKED> {
  onEvent({ kind: 'phase', phase: 'compare generations', total: refs.archives.length + 1 });
  const found = await checkGenerations(objects, refs, generations, rules);
  return { found, manifest: await checkManifest(repo, refs, generations, manifest, [...known, ...found], rules) };
}

const NOT_CHECKED: { readonly found: readonly Finding[]; readonly manifest: readonly Finding[] } = {
  found: [],
  manifest: [],
};

async function readThere({ repo, refs }: Pick<Comparison, 'repo' | 'refs'>): Promise<There> {
  const { generations, findings } = await readGenerations(repo, refs);
  return {
    generations,
    findings,
    manifest: await readManifestEntries(repo, refs),
    past: new PastOfCurrent(repo, refs),
  };
}

function rulesOf(
  { maxCheckpoints, policy }: Comparison,
  { checkpoints }: Expected,
  survey: BranchSurvey,
  { manifest }: There,
): GenerationRules {
  const isTimeless = withAbsentMetadata(survey);
  return {
    maxCheckpoints,
    createdAt: createdAtOf(survey),
    isKnown: (id) => checkpoints.has(id) && !isTimeless.has(id),
    isForeign: policy === 'foreign',
    isInManifest: (number) => manifest.entries.has(number),
  };
}

/** The checkpoints that have session metadata which is absent here, so that their times are not known. */
function withAbsentMetadata({ oddities }: BranchSurvey): ReadonlySet<CheckpointId> {
  const isAbsent = ({ code, path }: Oddity) => code === 'V1_ABSENT_BLOB' && path.endsWith(`/${METADATA_FILE}`);
  return new Set(oddities.filter(isAbsent).flatMap(({ checkpoint }) => checkpoint ?? []));
}

/** Checkpoints in generations that V1's tip does not have: listed, not failed. */
function onlyInGenerations({ checkpoints }: Expected, generations: readonly ReadGeneration[]): Finding[] {
  return generations.flatMap(({ ref, checkpoints: held }) => {
    const unknown = [...held.keys()].filter((id) => !checkpoints.has(id));
    return unknown.map((checkpoint) => {
      const message = `${ref} has transcripts of ${checkpoint}, which is not at V1's tip`;
      return finding('CHECKPOINT_ONLY_IN_V2', message, { ref, path: shardPath(checkpoint), checkpoint });
    });
  });
}

/** Those whose checkpoint is listed neither by `main`'s comparison nor by another generation: one checkpoint is one finding. */
function notYetListed(added: readonly Finding[], onMain: readonly Finding[]): Finding[] {
  const only = onMain.filter(({ code }) => code === 'CHECKPOINT_ONLY_IN_V2');
  const listed = new Set(only.map(({ checkpoint }) => checkpoint));
  return added.filter(({ checkpoint }) => {
    const isNew = !listed.has(checkpoint);
    listed.add(checkpoint);
    return isNew;
  });
}

const NO_HISTORY: { readonly commits: number; readonly findings: readonly Finding[] } = { commits: 0, findings: [] };

async function compareHistories({ repo, v1, main, policy, onEvent }: Comparison): Promise<typeof NO_HISTORY> {
  try {
    if (policy === 'foreign') return { commits: 0, findings: await compareAuthors(repo, v1, main) };
    return await compareHistory(repo, v1, main, (done, total) =>
      onEvent({ kind: 'progress', phase: 'compare history', done, total }),
    );
  } catch (error) {
    if (!(error instanceof ShallowHistoryError)) throw error;
    return { commits: 0, findings: [await historyNotCompared(repo)] };
  }
}

/**
 * Checkpoints that were asked for and met nowhere; where V2 is behind, V1 may have got them since, which is a finding already.
 * `found` has those that V2 alone has.
 */
async function explainUnknown(
  { repo, v1, branchTip, ids = [] }: Comparison,
  { checkpoints }: Expected,
  found: readonly Finding[],
): Promise<Finding[]> {
  const met = new Set(found.flatMap(({ code, checkpoint }) => (code === 'CHECKPOINT_ONLY_IN_V2' ? checkpoint : [])));
  const unknown = ids.filter((id) => !checkpoints.has(id) && !met.has(id));
  if (unknown.length === 0) return [];
  const newer = v1 === branchTip ? new Map<CheckpointId, ObjectId>() : await foldersIn(repo, branchTip, unknown);
  return unknown
    .filter((id) => !newer.has(id))
    .map((id) => finding('CHECKPOINT_UNKNOWN', `the checkpoint ${id} is in neither layout`, placeOf(id)));
}

const placeOf = (id: CheckpointId) => ({ checkpoint: id, path: shardPath(id) });

/**
 * Looks at a V2 whose V1 is gone: its archives are what the manifest says (checkpoints, times, trees), and what `main` gives
 * them. Whether V2 holds all that V1 held can't be said any more. `ids` are checkpoints that were asked for.
 */
export async function compareAlone(
  comparison: Pick<Comparison, 'repo' | 'refs' | 'objects' | 'maxCheckpoints' | 'onEvent'>,
  ids: readonly CheckpointId[],
): Promise<Compared> {
  const { repo, refs, maxCheckpoints } = comparison;
  const about = 'there is no V1 branch: whether V2 holds all of it was not compared';
  const findings: Finding[] = [finding('COVERAGE_NOT_COMPARED', about)];
  if (refs.main === undefined) {
    const missing = finding('V2_MISSING', `there is no ${MAIN_REF}`, { ref: MAIN_REF });
    return { ...NOTHING_COMPARED, findings: [...findings, missing] };
  }
  const { checkpoints } = await readGeneration(repo, refs.main);
  const survey = await surveyBranch(repo, checkpoints, { checkBlobs: false });
  const there = await readThere(comparison);
  const { generations, manifest } = there;
  const rules: GenerationRules = {
    maxCheckpoints,
    createdAt: createdAtOf(survey),
    isKnown: (id) => checkpoints.has(id),
    // Who wrote `main` says nothing here of how other programs fill their generations: the manifest does.
    isForeign: true,
    isInManifest: (number) => manifest.entries.has(number),
  };
  const found = await checkGenerations(comparison.objects, refs, generations, rules);
  const known = [...there.findings, ...found];
  for (const each of [...known, ...(await checkManifest(repo, refs, generations, manifest, known))])
    findings.push(each);
  const unknown = ids.filter((id) => !checkpoints.has(id) && !generations.some((one) => one.checkpoints.has(id)));
  for (const id of unknown) {
    findings.push(finding('CHECKPOINT_UNKNOWN', `the checkpoint ${id} is not in V2`, { checkpoint: id }));
  }
  const sessions = sessionsInSurvey(survey);
  const counts = {
    commits: 0,
    checkpoints: checkpoints.size,
    sessions,
    currentCheckpoints: sizeOfCurrent(generations),
    prunedTranscripts: 0,
  };
  return { findings, counts };
}
