import { type CheckpointId, isCheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { V1_REF, V2_MAIN_REF } from '../checkpoint/layout.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTree } from '../git/read-trees.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { createdAtOf, foldersAt } from '../migrate/created-at.ts';
import { treeOfCommit } from '../migrate/generation-tree.ts';
import { type LayoutRefs, readLayoutRefs } from '../migrate/layout-refs.ts';
import { DEFAULT_MAX_CHECKPOINTS } from '../migrate/migrate.ts';
import { countSessions } from '../migrate/planning.ts';
import { foldersOf, Projection } from '../migrate/projection.ts';
import { assertV1Commit, type Relation, relationOf } from '../migrate/relation.ts';
import { surveyV1, type V1Survey } from '../stores/v1-survey.ts';
import {
  checkGenerations,
  compareTranscripts,
  onlyInGenerations,
  type ReadGeneration,
  readGenerations,
} from './compare-generations.ts';
import { compareHistory } from './compare-history.ts';
import { compareMain } from './compare-main.ts';
import { type Finding, finding, kindOf } from './finding.ts';
import { ExpectedObjects } from './overlay.ts';
import type { VerifyCounts, VerifyReport } from './report.ts';

/** Options of verify. */
export interface VerifyOptions {
  /** Looks at these checkpoints alone; at everything where none is named. */
  readonly checkpoints?: readonly string[];
  /** How many checkpoints a generation should hold at most. Default: 100. */
  readonly maxCheckpoints?: number;
  readonly onEvent?: ProgressListener;
}

/** What is compared with what. */
interface Comparison {
  readonly repo: Repository;
  readonly refs: LayoutRefs;
  readonly objects: ExpectedObjects;
  /** The V1 commit whose projection V2 should be. */
  readonly v1: ObjectId;
  /** The commit on `main` that should be its image. */
  readonly main: ObjectId;
  /** False where something else wrote V2, so that there are no images to compare. */
  readonly comparesHistory: boolean;
  readonly maxCheckpoints: number;
  readonly onEvent: ProgressListener;
}

/** What a comparison has found. */
interface Compared {
  readonly findings: readonly Finding[];
  readonly counts: Omit<VerifyCounts, 'errors' | 'warnings' | 'notes' | 'generations'>;
}

const NOTHING: Compared = { findings: [], counts: { commits: 0, checkpoints: 0, sessions: 0, currentCheckpoints: 0 } };

/**
 * Projects V1 again and compares the result with V2, by object ids; where these differ, looks inside. Writes nothing, and
 * never stops at the first finding. Throws a `CkptError` where there is nothing to compare: no V1 branch.
 */
export async function verify(repo: Repository, options: VerifyOptions = {}): Promise<VerifyReport> {
  const started = performance.now();
  const { maxCheckpoints = DEFAULT_MAX_CHECKPOINTS, onEvent = () => undefined, checkpoints = [] } = options;
  const ids = checkpoints.map(parseCheckpointId);
  onEvent({ kind: 'phase', phase: 'read refs' });
  const refs = await readLayoutRefs(repo);
  const { v1 } = refs;
  if (v1 === undefined) throw noV1();
  await assertV1Commit(repo, v1);
  const objects = new ExpectedObjects(repo);
  const outcome = await compare({ repo, refs, objects, maxCheckpoints, onEvent }, v1, ids);
  return report(repo, refs, v1, outcome, performance.now() - started);
}

async function compare(
  parts: Omit<Comparison, 'v1' | 'main' | 'comparesHistory'>,
  v1: Ref,
  ids: readonly CheckpointId[],
): Promise<Compared> {
  const { repo, refs } = parts;
  if (refs.main === undefined) {
    return { ...NOTHING, findings: [finding('V2_MISSING', `there is no ${V2_MAIN_REF}`, { ref: V2_MAIN_REF })] };
  }
  const relation = await relationOf(repo, v1, { name: V2_MAIN_REF, id: refs.main });
  const about = await explainRelation(repo, v1, relation);
  const basis = basisOf(relation, v1.id, refs.main);
  if (basis === undefined) return { ...NOTHING, findings: about };
  const comparison: Comparison = { ...parts, ...basis, comparesHistory: relation.kind !== 'foreign' };
  const compared = ids.length > 0 ? await compareSome(comparison, ids) : await compareAll(comparison);
  return { ...compared, findings: [...about, ...compared.findings] };
}

/** Which V1 commit to compare with which commit on `main`, so that a V2 that is behind has the finding that it is, alone. */
function basisOf(relation: Relation, tip: ObjectId, main: ObjectId): Pick<Comparison, 'v1' | 'main'> | undefined {
  switch (relation.kind) {
    case 'same':
    case 'behind':
      return { v1: relation.origin, main };
    case 'foreign':
      return { v1: tip, main };
    case 'ahead':
      return relation.image === undefined ? { v1: relation.origin, main } : { v1: tip, main: relation.image };
    case 'rewritten':
      return undefined;
  }
}

async function explainRelation(repo: Repository, v1: Ref, relation: Relation): Promise<Finding[]> {
  const where = { ref: V2_MAIN_REF };
  switch (relation.kind) {
    case 'same':
      return [];
    case 'behind': {
      const commits = await repo.walk({ tips: [v1.id], exclude: [relation.origin] });
      const count = commits.length === 1 ? 'one commit' : `${commits.length} commits`;
      return [finding('V2_BEHIND', `${v1.name} has ${count} that V2 was not projected from yet`, where)];
    }
    case 'ahead':
      return [finding('V2_AHEAD', `V2 was projected from a newer V1 (${relation.origin}) than ${v1.name}`, where)];
    case 'rewritten': {
      const message = `${v1.name} does not contain the commit ${relation.origin} that V2 was projected from`;
      return [finding('V1_REWRITTEN', message, where)];
    }
    case 'foreign':
      return [
        finding('V2_FOREIGN', `${V2_MAIN_REF} was written by something else: its history is not compared`, where),
      ];
  }
}

async function compareAll(comparison: Comparison): Promise<Compared> {
  const { repo, refs, objects, onEvent } = comparison;
  const projection = new Projection(repo, objects);
  onEvent({ kind: 'phase', phase: 'compare coverage' });
  const [root] = await projection.projectRoots([await treeOfCommit(repo, comparison.v1)]);
  if (root === undefined) return NOTHING;
  const checkpoints = new Map(projection.checkpoints(root));
  const mainFindings = await compareMain(objects, root.main, await treeOfCommit(repo, comparison.main));
  const survey = await surveyV1(repo, foldersOf(checkpoints));
  onEvent({ kind: 'phase', phase: 'compare generations', total: refs.archives.length + 1 });
  const { generations, findings } = await readGenerations(repo, refs);
  const generationFindings = [
    ...findings,
    ...(await checkGenerations(repo, refs, generations, {
      maxCheckpoints: comparison.maxCheckpoints,
      createdAt: createdAtOf(survey),
      isKnown: (id) => checkpoints.has(id),
    })),
    ...(await compareTranscripts(objects, checkpoints, generations)),
    ...onlyInGenerations(checkpoints, generations),
  ];
  const history = await compareHistories(comparison);
  return {
    findings: [...mainFindings, ...generationFindings, ...history.findings, ...notesOf(survey)],
    counts: {
      commits: history.commits,
      checkpoints: checkpoints.size,
      sessions: countSessions(survey),
      currentCheckpoints: sizeOfCurrent(generations),
    },
  };
}

async function compareHistories({ repo, v1, main, comparesHistory, onEvent }: Comparison) {
  if (!comparesHistory) return { commits: 0, findings: [] };
  onEvent({ kind: 'phase', phase: 'compare history' });
  try {
    return await compareHistory(repo, v1, main, (done, total) =>
      onEvent({ kind: 'progress', phase: 'compare history', done, total }),
    );
  } catch (error) {
    if (!(error instanceof ShallowHistoryError)) throw error;
    const message = 'the history was not compared, since a part of it is not here (a shallow clone)';
    return { commits: 0, findings: [finding('HISTORY_NOT_COMPARED', message)] };
  }
}

/** Compares single checkpoints, without looking at the rest of the layouts. */
async function compareSome(comparison: Comparison, ids: readonly CheckpointId[]): Promise<Compared> {
  const { repo, refs, objects } = comparison;
  const v1Root = await readTree(repo, await treeOfCommit(repo, comparison.v1));
  const mainRoot = await readTree(repo, await treeOfCommit(repo, comparison.main));
  const v1Folders = await foldersAt(repo, v1Root, ids);
  const mainFolders = await foldersAt(repo, mainRoot, ids);
  const projected = await new Projection(repo, objects).projectCheckpoints(v1Folders);
  const { generations, findings: unreadable } = await readGenerations(repo, refs);
  const findings: Finding[] = [...unreadable];
  for (const id of ids) {
    const expected = projected.get(id);
    const actual = mainFolders.get(id) ?? null;
    const inGenerations = generations.some(({ checkpoints }) => checkpoints.has(id));
    const where = { checkpoint: id, path: shardPath(id) };
    if (expected !== undefined && actual === null && expected.main !== null) {
      findings.push(
        finding('CHECKPOINT_MISSING', `the checkpoint ${id} is not on main`, { ref: V2_MAIN_REF, ...where }),
      );
    } else if (expected !== undefined) {
      findings.push(...(await compareMain(objects, expected.main, actual, `${shardPath(id)}/`)));
    } else if (actual !== null || inGenerations) {
      findings.push(finding('CHECKPOINT_ONLY_IN_V2', `the checkpoint ${id} is not at V1's tip`, where));
    } else {
      findings.push(finding('CHECKPOINT_UNKNOWN', `the checkpoint ${id} is in neither layout`, where));
    }
  }
  findings.push(...(await compareTranscripts(objects, projected, generations)));
  const survey = await surveyV1(repo, v1Folders);
  return {
    findings: [...findings, ...notesOf(survey)],
    counts: {
      commits: 0,
      checkpoints: projected.size,
      sessions: countSessions(survey),
      currentCheckpoints: sizeOfCurrent(generations),
    },
  };
}

function sizeOfCurrent(generations: readonly ReadGeneration[]): number {
  return generations.find(({ number }) => number === undefined)?.checkpoints.size ?? 0;
}

/** V1's oddities as notes: they were there before, and are carried over as they are. */
function notesOf(survey: V1Survey): Finding[] {
  return survey.oddities.map(({ code, checkpoint, path, detail }) => ({
    code,
    severity: 'note' as const,
    message: `${path}: ${kindOf(code).meaning}${detail === undefined ? '' : ` (${detail})`}`,
    path,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  }));
}

function report(repo: Repository, refs: LayoutRefs, v1: Ref, outcome: Compared, durationMs: number): VerifyReport {
  const count = (severity: Finding['severity']) =>
    outcome.findings.filter((found) => found.severity === severity).length;
  const errors = count('error');
  return {
    consistent: errors === 0,
    v1: { ref: v1.name, tip: v1.id },
    v2: {
      main: refs.main ?? null,
      current: refs.current ?? null,
      archives: refs.archives.map(({ name, id }) => ({ ref: name, id })),
    },
    counts: {
      ...outcome.counts,
      generations: refs.archives.length,
      errors,
      warnings: count('warning'),
      notes: count('note'),
    },
    findings: outcome.findings,
    engine: repo.engine,
    durationMs: Math.round(durationMs),
  };
}

function parseCheckpointId(text: string): CheckpointId {
  if (isCheckpointId(text)) return text;
  throw new CkptError('BAD_CHECKPOINT_ID', `not a checkpoint ID: ${text}`, {
    hint: 'A checkpoint ID has 12 lowercase hex digits, for example a3b2c4d5e6f7',
    exitCode: 2,
  });
}

function noV1(): CkptError {
  return new CkptError('NO_V1', `there is no V1 branch here: neither ${V1_REF} nor origin's copy of it`, {
    hint: 'Fetch it: git fetch origin entire/checkpoints/v1',
    exitCode: 3,
  });
}
