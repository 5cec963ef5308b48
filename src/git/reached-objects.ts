import { AT_ONCE } from './batches.ts';
import { GitError } from './errors.ts';
import { type Link, linksOf } from './links.ts';
import type { ObjectId } from './object-id.ts';
import { type ReadContent, readContents } from './read-contents.ts';
import type { Repository } from './repository.ts';
import { spoiledLoose } from './spoiled-loose.ts';

/** Every object that some commits need, with their whole history. */
export interface ReachedObjects {
  readonly here: ReadonlySet<ObjectId>;
  readonly absent: ReadonlySet<ObjectId>;
  /** Commits and trees that can't be used, with the reason: met only where git gave up. */
  readonly damaged: ReadonlyMap<ObjectId, string>;
}

/** Finds every object that can be reached. Where git gives up, at an absent commit or a damaged tree, walks around that. Never fetches. */
export async function reachedObjects(repo: Repository, tips: readonly ObjectId[]): Promise<ReachedObjects> {
  const here = new Set<ObjectId>();
  const absent = new Set<ObjectId>();
  try {
    await repo.visitReachable(tips, (id, isHere) => (isHere ? here : absent).add(id));
    if (await areAbsent(repo, absent)) return { here, absent, damaged: new Map() };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
  }
  return walkAround(repo, tips);
}

/** Whether objects that a walk took for absent are: git also says so of some that are here and that it can't read. */
async function areAbsent(repo: Repository, ids: ReadonlySet<ObjectId>): Promise<boolean> {
  return ids.size === 0 || (await repo.absentObjects([...ids])).size === ids.size;
}

/** As `reachedObjects`, by reading each commit and tree and comparing it with its id. */
async function walkAround(repo: Repository, tips: readonly ObjectId[]): Promise<ReachedObjects> {
  const shallow = await repo.isShallow();
  const here = new Set<ObjectId>();
  const absent = new Set<ObjectId>();
  const damaged = new Map<ObjectId, string>();
  const blobs = new Set<ObjectId>();
  const waiting = [...new Set(tips)];
  const seen = new Set<ObjectId>(waiting);
  while (waiting.length > 0) {
    const ids = waiting.splice(0, AT_ONCE);
    const contents = await readContents(repo, ids);
    for (const [i, id] of ids.entries()) {
      const read = contents[i] ?? { type: 'absent' };
      if (read.type === 'damaged') damaged.set(id, read.reason);
      // Behind the commits at which a shallow clone ends nothing is expected.
      if (read.type !== 'absent') here.add(id);
      else if (!shallow) absent.add(id);
      const links = linksIn(id, read);
      if (typeof links === 'string') damaged.set(id, links);
      else
        for (const link of links) {
          if (link.type === 'blob') blobs.add(link.id);
          else if (!seen.has(link.id)) waiting.push(link.id);
          seen.add(link.id);
        }
    }
  }
  const ids = [...blobs];
  const infos = await repo.objectInfo(ids);
  for (const [i, id] of ids.entries()) (infos[i] === undefined ? absent : here).add(id);
  return { here, absent, damaged };
}

/**
 * What an object leads to, or why its content, which is what its id says, is not a tree: somebody made it so. A malformed commit is a finding
 * where its ref is read.
 */
function linksIn(id: ObjectId, read: ReadContent): Link[] | string {
  if (!('content' in read)) return [];
  try {
    return linksOf({ id, ...read });
  } catch (error) {
    return read.type === 'commit' ? [] : (error as Error).message;
  }
}

/** Objects that are needed and can't be used: absent, or damaged, with the reason. */
export type UnusableObjects = Pick<ReachedObjects, 'absent' | 'damaged'>;

/**
 * What cannot be used of all that these commits need, history included. Where git gives up, as `reachedObjects`. Of damaged objects
 * it meets commits and trees, and small files of single objects: whether any other blob is what its id says takes reading it.
 */
export async function unusableAmongReached(repo: Repository, tips: readonly ObjectId[]): Promise<UnusableObjects> {
  const [absent, spoiled] = await Promise.all([absentAmongReached(repo, tips), spoiledLoose(repo)]);
  if (absent !== undefined && spoiled.size === 0) return { absent, damaged: new Map() };
  const reached = await walkAround(repo, tips);
  const needed = [...spoiled].filter(([id]) => reached.here.has(id) || reached.absent.has(id));
  const damaged = new Map([...reached.damaged, ...needed]);
  return { absent: new Set([...reached.absent].filter((id) => !damaged.has(id))), damaged };
}

/** What git finds absent; `undefined` where it gives up, or can't read what is here. */
async function absentAmongReached(repo: Repository, tips: readonly ObjectId[]): Promise<Set<ObjectId> | undefined> {
  const absent = new Set<ObjectId>();
  try {
    await repo.visitReachable(tips, (id) => absent.add(id), { isAbsentOnly: true });
    return (await areAbsent(repo, absent)) ? absent : undefined;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return undefined;
  }
}
