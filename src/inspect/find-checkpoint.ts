import { appendTo } from '../checkpoint/append-to.ts';
import { type CheckpointId, checkpointIdPrefixes } from '../checkpoint/checkpoint-id.ts';
import { BadCheckpointIdError } from '../checkpoint/choice-errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { blamedCheckpoints } from '../commits/blamed-checkpoints.ts';
import { namedByCommits } from '../commits/commits-in-range.ts';
import { nearestNaming } from '../commits/naming-commits.ts';
import { readCommits } from '../commits/read-commits.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { CheckpointView, LayoutName, View } from '../layout/layout.ts';
import { listLayoutRefs } from '../layout/layouts.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { openLost } from '../layout/lost-view.ts';
import { readLosses } from '../project/lost.ts';
import { ambiguous } from './ambiguous.ts';
import {
  CheckpointNotFoundError,
  NoCheckpointNamedError,
  SeveralCheckpointsError,
  UnnamedLineError,
} from './errors.ts';
import { findOwners, ownersInHistory, readListed } from './list-checkpoints.ts';
import { viewsToRead } from './views-to-read.ts';

/** A checkpoint that was found, and the layouts that have it, the one to read first in front. */
export interface FoundCheckpoint {
  readonly id: CheckpointId;
  readonly views: readonly [View, ...View[]];
  /** Where no layout has it, and V1's history alone: what became of it. */
  readonly lost?: LostCheckpoint;
}

/** In which layout alone, and who hears warnings. */
export interface FindOptions {
  readonly layout?: LayoutName | undefined;
  readonly onEvent?: ProgressListener | undefined;
}

/** A place in the user's files: the path absolute, or relative to the top of the work tree; lines count from 1. */
export interface FilePlace {
  readonly path: string;
  readonly line: number | undefined;
}

/**
 * The checkpoint whose ID begins with `text`, in one layout or in all; upper and lower case make no difference. Where there is none,
 * the checkpoint that the commit names which `text` is a revision of (`HEAD`, a branch, an id); for a merge that names none, that the
 * merged commits name. Throws `BadCheckpointIdError`, `NoCheckpointsError`, `AmbiguousCheckpointError` and `SeveralCheckpointsError`
 * with the candidates, `NoCheckpointNamedError`, `CheckpointNotFoundError`.
 */
export async function findCheckpoint(
  repo: Repository,
  text: string,
  { layout: only, onEvent }: FindOptions = {},
): Promise<FoundCheckpoint> {
  const prefixes = checkpointIdPrefixes(text);
  const views = await viewsToRead(repo, only, { onEvent });
  const owners = prefixes.length === 0 ? new Map<CheckpointId, View[]>() : await ownersOf(views, prefixes);
  const [found, ...others] = [...owners];
  if (others.length > 0) throw await ambiguous(repo, text, [...owners.keys()].sort(), await findOwners(views));
  const [first, ...rest] = found?.[1] ?? [];
  if (found !== undefined && first !== undefined) return { id: found[0], views: [first, ...rest] };
  const commit = text === '' ? undefined : await repo.resolveRevision(text);
  if (commit !== undefined) return findNamed(repo, commit, text, views);
  if (prefixes.length === 0) throw new BadCheckpointIdError(text);
  const isMeant = ({ id }: LostCheckpoint) => prefixes.some((prefix) => id.startsWith(prefix));
  const lost = await lostAmong(repo, isMeant, only);
  if (lost.length > 1) throw await ambiguous(repo, text, idsOf(lost), ownersInHistory(repo, lost));
  if (lost[0] === undefined) throw await notFound(repo, prefixes, views, only);
  return fromHistory(repo, lost[0]);
}

/**
 * The checkpoint in which a line of a file was written, as the file is in `HEAD`; without a line, the one that all lines come from
 * that come from any. Throws what `Repository.blame` throws, `SeveralCheckpointsError`, `UnnamedLineError`, `CheckpointNotFoundError`.
 */
export async function findCheckpointAt(
  repo: Repository,
  place: FilePlace,
  { layout, onEvent }: FindOptions = {},
): Promise<FoundCheckpoint> {
  const views = await viewsToRead(repo, layout, { onEvent });
  const blamed = await blamedCheckpoints(repo, place.path, place.line);
  const ids = [...new Set(blamed.flatMap(({ checkpoints }) => checkpoints))];
  const [first] = blamed;
  const where = place.line === undefined ? place.path : `${place.path}:${place.line}`;
  if (ids.length === 0) throw new UnnamedLineError(where, first?.commit);
  return oneOf(repo, ids, views, where);
}

/** What a layout has of a checkpoint that it has. */
export async function openCheckpoint(view: View, id: CheckpointId): Promise<CheckpointView> {
  for await (const checkpoint of view.checkpoints({ ids: new Set([id]) })) return checkpoint;
  throw new CheckpointNotFoundError(id, [view.where], undefined);
}

async function findNamed(
  repo: Repository,
  commit: ObjectId,
  text: string,
  views: readonly View[],
): Promise<FoundCheckpoint> {
  const own = await namedByCommits(repo, [commit]);
  const ids = own.size > 0 ? own : await namedByCommits(repo, await mergedBy(repo, commit));
  if (ids.size > 0) return oneOf(repo, [...ids], views, `the commit ${commit.slice(0, 10)}`);
  throw new NoCheckpointNamedError(text, commit, await nearestNaming(repo, commit));
}

/** The commits that a merge brought in; none for any other commit, or where the history is not here. */
async function mergedBy(repo: Repository, commit: ObjectId): Promise<ObjectId[]> {
  const [parsed] = await readCommits(repo, [commit]);
  const [first, ...others] = parsed?.parents ?? [];
  if (first === undefined || others.length === 0) return [];
  return idsOf(await repo.walk({ tips: others, exclude: [first] }).catch(inCaseOf(ShallowHistoryError, () => [])));
}

/** The one of these checkpoints that is here. */
async function oneOf(
  repo: Repository,
  ids: readonly CheckpointId[],
  views: readonly View[],
  where: string,
): Promise<FoundCheckpoint> {
  const all = await findOwners(views);
  const here = ids.filter((id) => all.has(id));
  const [id, ...others] = here;
  if (id === undefined) {
    const [lost] = await lostAmong(repo, (one) => ids.includes(one.id));
    if (lost !== undefined) return fromHistory(repo, lost);
    throw new CheckpointNotFoundError(ids[0] ?? '', places(views), undefined, where);
  }
  if (others.length > 0) {
    const owners = new Map([...all].filter(([known]) => here.includes(known)));
    throw new SeveralCheckpointsError(where, await readListed(repo, owners));
  }
  const [first, ...rest] = views.filter(({ layout }) => all.get(id)?.layouts.includes(layout));
  if (first === undefined) throw new CheckpointNotFoundError(id, places(views), undefined, where);
  return { id, views: [first, ...rest] };
}

/** Whole checkpoints that V1's history alone has, those that were deleted on purpose included. */
async function lostAmong(
  repo: Repository,
  isMeant: (one: LostCheckpoint) => boolean,
  only?: LayoutName,
): Promise<LostCheckpoint[]> {
  if (only !== undefined && only !== 'v1') return [];
  const { lost, deleted } = await readLosses(repo, await listLayoutRefs(repo));
  return [...lost, ...deleted].filter((one) => one.isWhole && isMeant(one));
}

function fromHistory(repo: Repository, lost: LostCheckpoint): FoundCheckpoint {
  return { id: lost.id, views: [openLost(repo, [lost])], lost };
}

function places(views: readonly View[]): string[] {
  return views.map(({ where }) => where);
}

async function ownersOf(views: readonly View[], prefixes: readonly string[]): Promise<Map<CheckpointId, View[]>> {
  const owners = new Map<CheckpointId, View[]>();
  for (const view of views) {
    for (const id of await view.ids(prefixes)) appendTo(owners, id, view);
  }
  return owners;
}

async function notFound(
  repo: Repository,
  prefixes: readonly string[],
  views: readonly View[],
  only: LayoutName | undefined,
): Promise<CheckpointNotFoundError> {
  const [prefix = ''] = prefixes;
  if (only === undefined) return new CheckpointNotFoundError(prefix, places(views), undefined);
  const [elsewhere] = await ownersOf(await viewsToRead(repo), prefixes);
  const layout = elsewhere?.[1][0]?.layout;
  return new CheckpointNotFoundError(prefix, places(views), elsewhere && layout && { layout, id: elsewhere[0] });
}
