import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { holdersByCheckpoint } from '../layout/generation-holders.ts';
import { type CheckpointSurvey, surveyBranch } from '../layout/survey.ts';
import type { CheckpointSides, ExpectedFolders } from './checkpoint-sides.ts';

/** A checkpoint as a source gives it: its folder there, and what follows from that for `main` and the generations. */
interface ExpectedCheckpoint {
  readonly tree: ObjectId;
  readonly main: ObjectId | null;
  readonly full?: ObjectId | null | undefined;
}

/** The checkpoints of V1 at its tip, and at the commit up to which an earlier migration has added what was missing. */
export interface ExpectedCheckpoints {
  readonly tip: ReadonlyMap<CheckpointId, ExpectedCheckpoint>;
  readonly base?: ReadonlyMap<CheckpointId, ExpectedCheckpoint> | undefined;
}

/** Folders of checkpoints, by ID. */
type Folders = ReadonlyMap<CheckpointId, ObjectId>;

/** The checkpoints that are there; generations in the order in which a reader looks. */
export interface CheckpointsThere {
  readonly main: { readonly checkpoints: Folders };
  readonly generations: ReadonlyArray<{ readonly ref: RefName; readonly checkpoints: Folders }>;
}

/** The checkpoints that have to be looked into: not those that are as they should be, nor those known to be there. */
export function* differingCheckpoints(
  there: CheckpointsThere,
  { tip, base }: ExpectedCheckpoints,
): Iterable<CheckpointSides> {
  const all = holdersByCheckpoint(there.generations);
  for (const [id, checkpoint] of tip) {
    const before = base?.get(id);
    if (base !== undefined && before?.tree === checkpoint.tree) continue;
    const main = there.main.checkpoints.get(id);
    const holders = (all.get(id) ?? []).flatMap(({ ref, checkpoints }) => {
      const folder = checkpoints.get(id);
      return folder === undefined ? [] : [{ ref, folder }];
    });
    const expected = foldersOf(checkpoint);
    const hasMain = (expected.main ?? undefined) === main;
    const hasFull = expected.full === null || holders.some(({ folder }) => folder === expected.full);
    if (hasMain && hasFull) continue;
    yield { id, tree: checkpoint.tree, expected, base: base && foldersOf(before), main, holders };
  }
}

function foldersOf(checkpoint: ExpectedCheckpoint | undefined): ExpectedFolders {
  return { main: checkpoint?.main ?? null, full: checkpoint?.full ?? null };
}

/** What the sessions of a checkpoint are known by, where it should be and where it is. */
export type FactsOfSides = readonly [CheckpointSurvey | undefined, CheckpointSurvey | undefined];

/** Reads the session IDs of checkpoints on both sides. */
export async function readFacts(
  repo: Repository,
  batch: readonly CheckpointSides[],
): Promise<(id: CheckpointId) => FactsOfSides> {
  const options = { checkBlobs: false };
  const ours = new Map(batch.flatMap(({ id, tree }) => (tree === undefined ? [] : [[id, tree] as const])));
  const theirs = new Map(batch.flatMap(({ id, main }) => (main === undefined ? [] : [[id, main] as const])));
  const [expected, actual] = [await surveyBranch(repo, ours, options), await surveyBranch(repo, theirs, options)];
  return (id) => [expected.checkpoints.get(id), actual.checkpoints.get(id)];
}
