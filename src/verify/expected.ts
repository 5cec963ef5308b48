import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { Oddity } from '../checkpoint/oddity.ts';
import { generationTree } from '../generations/generation.ts';
import { batches } from '../git/batches.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectSink, Repository } from '../git/repository.ts';
import { TreeMemory } from '../git/tree-memory.ts';
import { allFolders, foldersIn } from '../layout/checkpoint-walk.ts';
import { findStrays } from '../layout/outside.ts';
import { type BranchSurvey, joinSurveys, surveyBranch } from '../layout/survey.ts';
import type { FullTrees } from '../project/full-trees.ts';
import { type ProjectedCheckpoint, Projection } from '../project/projection.ts';

/** Checkpoints whose folders are kept at a time. */
const AT_ONCE = 2000;

/** What V2 should hold, as follows from a V1 commit: all of it, or some checkpoints. */
export interface Expected {
  readonly checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>;
  /** The new trees of what they have on `full/*`. */
  readonly fullTrees: FullTrees;
  /** The tree that `main` should have: with the asked checkpoints alone, where some are asked for. */
  readonly main: ObjectId;
  /** Summaries that are absent from the repository, with a path of each: `main` is expected to have them as they are. */
  readonly absentSummaries: ReadonlyMap<ObjectId, string>;
  readonly survey: BranchSurvey;
  /** What lies in no checkpoint. */
  readonly strays: readonly Oddity[];
}

/**
 * Projects a V1 commit, or some of its checkpoints. `objects` takes what should be there, or, where that is asked of the whole and mostly only its
 * ids are needed, says the ids alone (`hashingSink`).
 */
export function expectedFrom(
  repo: Repository,
  objects: ObjectSink,
  v1: ObjectId,
  ids: readonly CheckpointId[] | undefined,
): Promise<Expected> {
  return ids === undefined ? expectAll(repo, objects, v1) : expectSome(repo, objects, v1, ids);
}

async function expectAll(repo: Repository, objects: ObjectSink, v1: ObjectId): Promise<Expected> {
  // The projection and the survey look at the same folders, and take them in parts, since of 60,000 checkpoints these would be hundreds of megabytes.
  const memory = new TreeMemory();
  const projection = new Projection(repo, objects, memory);
  const tree = await treeOfCommit(repo, v1);
  const folders = await allFolders(repo, v1, memory).catch(async (error: unknown) => {
    await projection.projectRoots([tree]); // says where it lies
    throw error;
  });
  const surveys: BranchSurvey[] = [];
  for (const part of batches(folders, AT_ONCE)) {
    if (surveys.length > 0) memory.forget();
    const some = new Map(part);
    const surveying = surveyBranch(repo, some, { memory });
    surveying.catch(() => undefined); // awaited below, or the projection says more of what can't be read
    await projection.projectCheckpoints(some);
    surveys.push(await surveying);
  }
  const [root] = await projection.projectRoots([tree]);
  if (root === undefined) throw new Error('V1 was not projected');
  const checkpoints = new Map(projection.checkpoints(root));
  return {
    checkpoints,
    fullTrees: projection.fullTrees,
    main: root.main,
    absentSummaries: projection.absentSummaries,
    survey: joinSurveys(surveys),
    strays: await findStrays(repo, root.entries, memory),
  };
}

async function expectSome(
  repo: Repository,
  objects: ObjectSink,
  v1: ObjectId,
  ids: readonly CheckpointId[],
): Promise<Expected> {
  const folders = await foldersIn(repo, v1, ids);
  const projection = new Projection(repo, objects);
  const checkpoints = await projection.projectCheckpoints(folders);
  const survey = await surveyBranch(repo, folders);
  const onMain = [...checkpoints].flatMap(([id, { main }]) => (main === null ? [] : [[id, main] as const]));
  const main = generationTree(objects, new Map(onMain));
  const { absentSummaries, fullTrees } = projection;
  return { checkpoints, fullTrees, main, absentSummaries, survey, strays: [] };
}
