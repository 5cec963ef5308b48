import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import { idsOf } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { branchAmong } from '../layout/layout-refs.ts';
import { isRestAlone, openViews } from '../layout/layouts.ts';
import { findInBackups, keptViews, SessionsHere } from '../layout/lost-backups.ts';
import { findLost, type LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { openLost } from '../layout/lost-view.ts';
import { readDeletedCheckpoints } from './refs/deleted-checkpoints.ts';

/** What the history of V1, or a backup, has and no layout here has any more. */
export interface Losses {
  readonly lost: readonly LostCheckpoint[];
  /** The same of checkpoints that were deleted here on purpose, with Entire's client. */
  readonly deleted: readonly LostCheckpoint[];
}

/** Nothing is lost, or what is can not be known. */
const NONE: Losses = { lost: [], deleted: [] };

/**
 * What V1's history has and its tip lost (`findLost`), and what backups have (`findInBackups`), but for what another layout has still.
 * Without a V1, or where its history was cut off, backups alone count. In the order of the IDs. Throws `BadObjectError` where V1's tip,
 * or a commit of its history, can't be read.
 */
export async function readLosses(repo: Repository, refs: readonly Ref[]): Promise<Losses> {
  const here = openViews(repo, refs).filter((view) => !isRestAlone(view));
  const [inHistory, kept] = await Promise.all([lostFromBranch(repo, refs), keptViews(repo)]);
  const known = new Set(inHistory.flatMap(({ id, isWhole }) => (isWhole ? [id] : [])));
  const inBackups = await findInBackups(repo, kept, here, inHistory);
  if (inHistory.length + inBackups.length === 0) return NONE;
  const elsewhere = new Set<CheckpointId>();
  for (const view of here) {
    for (const id of await view.ids([...known])) elsewhere.add(id);
  }
  const deleted = await readDeletedCheckpoints(repo.commonDir);
  const gone = [
    ...(await withoutSessionsElsewhere(repo, inHistory, here)).filter(
      ({ id, isWhole }) => !isWhole || !elsewhere.has(id),
    ),
    ...inBackups,
  ].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return { lost: gone.filter(({ id }) => !deleted.has(id)), deleted: gone.filter(({ id }) => deleted.has(id)) };
}

async function lostFromBranch(repo: Repository, refs: readonly Ref[]): Promise<readonly LostCheckpoint[]> {
  const branch = branchAmong(refs);
  if (branch === undefined) return [];
  return findLost(repo, branch).catch(inCaseOf(ShallowHistoryError, () => []));
}

/** Sessions that V1 lost and another layout has still are not lost. */
async function withoutSessionsElsewhere(
  repo: Repository,
  lost: readonly LostCheckpoint[],
  here: ReturnType<typeof openViews>,
): Promise<LostCheckpoint[]> {
  const others = here.filter(({ layout }) => layout !== 'v1');
  const partly = lost.filter(({ isWhole }) => !isWhole);
  if (partly.length === 0 || others.length === 0) return [...lost];
  const there = new SessionsHere(repo, others);
  const left: LostCheckpoint[] = [];
  for (const one of lost) {
    if (one.isWhole) {
      left.push(one);
      continue;
    }
    await there.has(one.id, idsOf(partly));
    const ids = await there.idsIn(openLost(repo, [one]), one.id);
    const sessions = one.sessions.filter((name) => {
      const id = ids.get(name);
      return id === undefined || there.isNew(one.id, id);
    });
    if (sessions.length > 0) left.push({ ...one, sessions });
  }
  return left;
}
