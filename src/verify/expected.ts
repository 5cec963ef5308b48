import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { Oddity } from '../checkpoint/oddity.ts';
import { generationTree } from '../generations/generation.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { readTree } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { TreeMemory } from '../git/tree-memory.ts';
import { allFolders, foldersAt } from '../layout/checkpoint-walk.ts';
import { findStrays } from '../layout/outside.ts';
import { surveyV1, type V1Survey } from '../layout/survey.ts';
import { Projection } from '../project/projection.ts';
import type { ProjectedCheckpoint } from '../project/shard-projector.ts';

/** What V2 should hold, as follows from a V1 commit: all of it, or some checkpoints. */
export interface Expected {
  readonly checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>;
  /** The tree that `main` should have: with the asked checkpoints alone, where some are asked for. */
  readonly main: ObjectId;
  /** Summaries that are absent from the repository, with a path of each: `main` is expected to have them as they are. */
  readonly absentSummaries: ReadonlyMap<ObjectId, string>;
  /** Read meanwhile; what it throws is thrown when it is awaited. */
  readonly survey: Promise<V1Survey>;
  /** What lies in no checkpoint. */
  readonly strays: readonly Oddity[];
}

/** Projects a V1 commit, or some of its checkpoints. */
export function expectedFrom(
  repo: Repository,
  objects: ObjectOverlay,
  v1: ObjectId,
  ids: readonly CheckpointId[] | undefined,
): Promise<Expected> {
  return ids === undefined ? expectAll(repo, objects, v1) : expectSome(repo, objects, v1, ids);
}

async function expectAll(repo: Repository, objects: ObjectOverlay, v1: ObjectId): Promise<Expected> {
  // The projection and the survey look at the same folders.
  const memory = new TreeMemory();
  const projection = new Projection(repo, objects, memory);
  const survey = allFolders(repo, v1, memory).then((folders) => surveyV1(repo, folders, { memory }));
  survey.catch(() => undefined); // awaited by who uses it
  const [root] = await projection.projectRoots([await treeOfCommit(repo, v1)]);
  if (root === undefined) throw new Error('V1 was not projected');
  const checkpoints = new Map(projection.checkpoints(root));
  const { absentSummaries } = projection;
  return {
    checkpoints,
    main: root.main,
    absentSummaries,
    survey,
    strays: await findStrays(repo, root.entries, memory),
  };
}

async function expectSome(
  repo: Repository,
  objects: ObjectOverlay,
  v1: ObjectId,
  ids: readonly CheckpointId[],
): Promise<Expected> {
  const folders = await foldersAt(repo, await readTree(repo, await treeOfCommit(repo, v1)), ids);
  const projection = new Projection(repo, objects);
  const checkpoints = await projection.projectCheckpoints(folders);
  const survey = surveyV1(repo, folders);
  survey.catch(() => undefined); // awaited by who uses it
  const onMain = [...checkpoints].flatMap(([id, { main }]) => (main === null ? [] : [[id, main] as const]));
  const main = generationTree(objects, new Map(onMain));
  return { checkpoints, main, absentSummaries: projection.absentSummaries, survey, strays: [] };
}
