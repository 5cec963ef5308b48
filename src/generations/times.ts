import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAtLookup, spanOf } from '../checkpoint/created-at.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import { type BranchSurvey, surveyBranch } from '../layout/survey.ts';
import { pick } from './assign.ts';

/** Looks times up in what a survey has found. */
export function createdAtOf(survey: BranchSurvey): CreatedAtLookup {
  return (checkpoint) => {
    const sessions = survey.checkpoints.get(checkpoint)?.sessions ?? [];
    return sessions.flatMap(({ createdAt }) => createdAt ?? []);
  };
}

/** Reads the `created_at` of some checkpoints' sessions off a commit of `main`; none where there is no `main`. */
export async function readTimesOnMain(
  repo: Repository,
  main: ObjectId | undefined,
  ids: Iterable<CheckpointId>,
): Promise<CreatedAtLookup> {
  const folders = await (await CheckpointFolders.at(repo, main ?? null)).folders();
  return createdAtOf(await surveyBranch(repo, pick(folders, ids), { checkBlobs: false }));
}

/**
 * Checkpoints in the order of their oldest sessions, ties by ID, those without a time first: the nearest to the order of
 * arrival that can be known without V1.
 */
export function orderByTime(checkpoints: Iterable<CheckpointId>, createdAt: CreatedAtLookup): CheckpointId[] {
  const oldest = new Map([...checkpoints].map((id) => [id, spanOf(createdAt(id)).oldest?.instant]));
  return [...oldest.keys()].sort((a, b) => {
    const [left, right] = [oldest.get(a), oldest.get(b)];
    if (left === right) return a < b ? -1 : 1;
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    return left < right ? -1 : 1;
  });
}
