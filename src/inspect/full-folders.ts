import { type CheckpointId, shardNames } from '../checkpoint/checkpoint-id.ts';
import { isSessionFolderName } from '../checkpoint/files.ts';
import { parseCommit } from '../git/commit.ts';
import { BadObjectError, ShallowHistoryError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { V2_CURRENT_REF } from '../layout/ref-names.ts';

/** What one generation has of a checkpoint. */
export interface FullFolder {
  /** The generation, and the commit that was looked at: for what only history has, an older one. */
  readonly ref: Ref;
  readonly entries: readonly TreeEntry[];
  /** By the name of the session's folder. */
  readonly sessions: ReadonlyMap<string, readonly TreeEntry[]>;
}

/** Commits whose trees are in memory at a time. */
const BATCH = 128;

/**
 * What the generations have of a checkpoint, in the order in which a reader looks: `full/current`, then the archives from the
 * newest on. All of them are asked at once, so that many generations cost few round trips.
 */
export function readFullFolders(repo: Repository, refs: LayoutRefs, id: CheckpointId): Promise<FullFolder[]> {
  const current = refs.current === undefined ? [] : [{ name: V2_CURRENT_REF, id: refs.current }];
  return readAt(repo, [...current, ...[...refs.archives].reverse()], id);
}

/**
 * What only the history of `full/current` has of a checkpoint, the newest first, until `isEnough`: a writer in `replace` mode
 * leaves transcripts there. Nothing where the history was cut off.
 */
export async function readPastFolders(
  repo: Repository,
  refs: LayoutRefs,
  id: CheckpointId,
  isEnough: (folder: FullFolder) => boolean,
): Promise<FullFolder[]> {
  if (refs.current === undefined) return [];
  const history = await walkBack(repo, refs.current);
  const found: FullFolder[] = [];
  for (let at = 1; at < history.length; at += BATCH) {
    const commits = history.slice(at, at + BATCH).map((commit) => ({ name: V2_CURRENT_REF, id: commit }));
    for (const folder of await readAt(repo, commits, id)) {
      found.push(folder);
      if (isEnough(folder)) return found;
    }
  }
  return found;
}

async function walkBack(repo: Repository, tip: ObjectId): Promise<ObjectId[]> {
  try {
    return (await repo.walk({ tips: [tip] })).map(({ id }) => id).reverse();
  } catch (error) {
    if (error instanceof ShallowHistoryError) return [];
    throw error;
  }
}

async function readAt(repo: Repository, refs: readonly Ref[], id: CheckpointId): Promise<FullFolder[]> {
  const commits = await repo.readObjects(refs.map((ref) => ref.id));
  const roots = refs.map((ref, i) => {
    const commit = commits[i];
    if (commit?.type === 'commit') return { ref, tree: parseCommit(commit.content).tree };
    const found = commit === undefined ? 'is absent' : `is a ${commit.type}`;
    throw new BadObjectError(ref.id, `${ref.name} should be at a commit, but ${ref.id} ${found}`);
  });
  let folders = roots;
  for (const name of shardNames(id)) folders = await descend(repo, folders, name);
  const entries = await treesOf(repo, folders);
  const sessions = folders.flatMap(({ ref }, i) => {
    const own = (entries[i] ?? []).filter((entry) => isTreeMode(entry.mode) && isSessionFolderName(entry.name));
    return own.map((entry) => ({ ref, folder: i, name: entry.name, tree: entry.id }));
  });
  const contents = await treesOf(repo, sessions);
  return folders.map(({ ref }, i) => {
    const own = sessions.flatMap(({ folder, name }, at): Array<[string, TreeEntry[]]> => {
      return folder === i ? [[name, contents[at] ?? []]] : [];
    });
    return { ref, entries: entries[i] ?? [], sessions: new Map(own) };
  });
}

interface Place {
  readonly ref: Ref;
  readonly tree: ObjectId;
}

/** The folders of a name in each of the trees, for those that have one. */
async function descend(repo: Repository, places: readonly Place[], name: string): Promise<Place[]> {
  const trees = await treesOf(repo, places);
  return places.flatMap(({ ref }, i) => {
    const entry = trees[i]?.find((candidate) => candidate.name === name && isTreeMode(candidate.mode));
    return entry === undefined ? [] : [{ ref, tree: entry.id }];
  });
}

function treesOf(repo: Repository, places: readonly Place[]): Promise<TreeEntry[][]> {
  return readTrees(
    repo,
    places.map(({ tree }) => tree),
  );
}
