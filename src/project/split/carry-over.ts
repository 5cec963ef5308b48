import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { CreatedAtLookup } from '../../checkpoint/created-at.ts';
import { CkptError } from '../../checkpoint/errors.ts';
import { createdAtOf, orderByTime } from '../../generations/times.ts';
import { treeOfCommit } from '../../git/commit-trees.ts';
import { BadObjectError } from '../../git/errors.ts';
import { fetchHint } from '../../git/fetch-hint.ts';
import { inCaseOf } from '../../git/in-case-of.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import { stagedRepository } from '../../git/staged-repository.ts';
import type { View } from '../../layout/layout.ts';
import { surveyBranch } from '../../layout/survey.ts';
import { openSplit } from '../../layout/v2-layout.ts';
import { type Surplus, surplusOf } from '../back/surplus.ts';
import { Projection } from '../projection.ts';
import { placeFolders } from './foreign/place-folders.ts';
import { readTipStamp, tipCommit } from './foreign/tip-commit.ts';
import type { PlanContext } from './plan-context.ts';

/** What a V2 that is made afresh gets of the one before, since V1 does not have it. */
export interface CarriedOver {
  /** The commit that puts it on `main`. */
  readonly main: ObjectId;
  /** The folders that checkpoints get in a generation: those that V1 lacks, and those of which it lacks sessions. */
  readonly full: ReadonlyMap<CheckpointId, ObjectId>;
  /** These checkpoints, in the order in which they come after V1's. */
  readonly arrivals: readonly CheckpointId[];
  readonly createdAt: CreatedAtLookup;
}

/** What there is to be carried over, and what is to be said of it. */
export interface CarryOver {
  /** `undefined`: V1 has everything. */
  readonly carried: CarriedOver | undefined;
  readonly warnings: readonly string[];
}

/**
 * Takes over what the V2 that is there has and V1 does not: checkpoints, and sessions of those that both have. It comes in one commit on
 * top of `main`, the image of V1's tip, so that V1's own history stays as it would be without it. Throws a `CkptError` that
 * names the checkpoints where something of them can't be read.
 */
export async function carryOver(
  context: PlanContext,
  main: ObjectId,
  branchFolders: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<CarryOver> {
  const { repo, refs } = context;
  const view = openSplit(repo, refs);
  if (view === undefined) return { carried: undefined, warnings: [] };
  const there = await listed(view);
  if (typeof there === 'string') return { carried: undefined, warnings: [there] };
  const objects = new ObjectOverlay(repo);
  const only = [...there].filter((id) => !branchFolders.has(id));
  try {
    const surplus = await surplusOf({ repo, objects, view }, branchFolders, { skipsUnreadable: true });
    const isNothing = surplus.missing.size + surplus.joined.size === 0;
    const carried = isNothing ? undefined : await carry(context, objects, main, surplus);
    return { carried, warnings: warningsOf(surplus) };
  } catch (error) {
    if (error instanceof BadObjectError) throw await unreadable(repo, only, error);
    throw error;
  }
}

/** The checkpoints that V2 has; what is to be said where it can't be read at all, as after a damage that a rebuild is to mend. */
async function listed(view: View): Promise<ReadonlySet<CheckpointId> | string> {
  const unread = ({ message }: Error) =>
    `V2 as it was can't be read (${message}): if it had checkpoints that V1 lacks, they are not carried over`;
  return view.folders().then((folders) => new Set(folders.keys()), inCaseOf(BadObjectError, unread));
}

async function carry(
  context: PlanContext,
  objects: ObjectOverlay,
  parent: ObjectId,
  { missing, joined, plain }: Surplus,
): Promise<CarriedOver> {
  const { repo, v1, writer } = context;
  const folders = new Map([...joined].map(([id, { folder }]) => [id, folder]));
  const carried = await plain([...missing]);
  for (const [i, id] of [...missing.keys()].entries()) folders.set(id, carried[i] as ObjectId);
  const staged = stagedRepository(repo, objects);
  const projection = new Projection(staged, objects);
  const projected = await projection.projectCheckpoints(folders);
  const [tip] = await projection.projectRoots([await treeOfCommit(repo, v1.id)]);
  if (tip === undefined) throw new Error('V1 was not projected');
  const onMain = new Map([...projected].map(([id, { main }]) => [id, main]));
  const tree = await placeFolders(objects, tip.main, onMain);
  const stamp = await readTipStamp(repo, v1);
  const main = objects.add('commit', tipCommit(stamp, 'Keep what V2 alone has', tree, parent));
  const createdAt = createdAtOf(await surveyBranch(staged, folders, { checkBlobs: false }));
  objects.store(main, writer);
  return {
    main,
    full: projection.fullTrees.store(writer, projected),
    arrivals: orderByTime(folders.keys(), createdAt),
    createdAt: (id) => createdAt(id),
  };
}

function warningsOf({ missing, joined, unread }: Surplus): string[] {
  const gives = "'ckpt migrate --from v2 --to v1' gives them to V1";
  const sessions = [...joined].flatMap(([id, { sessions: names }]) => names.map((name) => `${id}/${name}`));
  const warnings = [
    [[...missing.keys()], `carried over, since V1 lacks them (${gives}): checkpoints`],
    [sessions, `carried over, since V1 lacks them (${gives}): sessions`],
    [[...unread], "unreadable in the V2 of before, so that V1's take their place: checkpoints"],
  ] as const;
  return warnings.flatMap(([ids, what]) => (ids.length === 0 ? [] : [`${what} ${ids.join(', ')}`]));
}

async function unreadable(repo: Repository, only: readonly CheckpointId[], cause: BadObjectError): Promise<CkptError> {
  const count = only.length === 1 ? 'one checkpoint is' : `${only.length} checkpoints are`;
  const what = `${count} in V2 alone and can't be carried over: ${only.join(', ')} (${cause.message})`;
  return new CkptError('V2_ONLY_UNREADABLE', what, {
    hint: cause.hint ?? (await fetchHint(repo, 'Fetch the V2 refs again: ')),
    exitCode: 3,
    cause,
  });
}
