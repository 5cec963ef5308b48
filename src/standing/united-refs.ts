import { idsOf, type ObjectId, type RefName } from '../git/object-id.ts';
import { readUsableTrees } from '../git/read-trees.ts';
import type { ObjectSink, Ref, RefUpdate, Repository } from '../git/repository.ts';
import { isTreeMode } from '../git/tree.ts';
import { editTree, type TreeEdit } from '../git/tree-editor.ts';
import { BRANCH_REF, CHECKPOINTS_PREFIX, SPLIT_PREFIX } from '../layout/ref-names.ts';
import { trackingPrefix } from './remote-refs.ts';

/** Git's mode of an entry that names a commit (a submodule's), which need not be here. */
const COMMIT_MODE = '160000';
const V1_PATH = 'heads/v1';

/** Where a remote's refs were when those that are here were united with them last, or sent. */
export interface UnitedRefs {
  /** By the names there. */
  readonly ids: ReadonlyMap<RefName, ObjectId>;
  /** The tree that keeps those of V1 and git-refs. */
  readonly tree: ObjectId | undefined;
  /** What says which repository they are of, where that was read. */
  readonly repository?: ObjectId | undefined;
}

/**
 * Below this prefix they are kept. No fetch moves or prunes them, unlike what the remote has now, so that after a fetch which united nothing
 * they still say whether somebody has rewritten a ref there.
 */
function unitedPrefix(remote: string): string {
  return `${trackingPrefix(remote)}united/`;
}

/** The ref at a tree that names the commits of V1 and git-refs: a ref of git's for each would be one more a checkpoint. */
function recordRef(remote: string): RefName {
  return `${unitedPrefix(remote)}refs`;
}

/** The ref at a blob that says which repository all that is kept of a remote is of. */
export function repositoryRef(remote: string): RefName {
  return `${unitedPrefix(remote)}repository`;
}

/** Where a ref of V2 is kept, as a ref: what its generations held must stay here, and no history of theirs keeps it. */
function splitPrefix(remote: string): string {
  return `${unitedPrefix(remote)}v2/`;
}

/** A ref's path in the tree: two parts, as git-refs have. */
function pathOf(ref: RefName): string {
  return ref === BRANCH_REF ? V1_PATH : ref.slice(CHECKPOINTS_PREFIX.length);
}

function refOf(path: string): RefName {
  return path === V1_PATH ? BRANCH_REF : CHECKPOINTS_PREFIX + path;
}

/** Reads which refs of V2 of a remote were united last: `noteUnited` needs no more to note those. */
export async function readUnitedSplit(repo: Repository, remote: string): Promise<UnitedRefs> {
  return { ids: splitAmong(await repo.listRefs(splitPrefix(remote)), remote), tree: undefined };
}

/** Where the refs of V2 were, by their names there, out of the record's refs. */
function splitAmong(kept: readonly Ref[], remote: string): Map<RefName, ObjectId> {
  const prefix = splitPrefix(remote);
  const own = kept.filter(({ name }) => name.startsWith(prefix));
  return new Map(own.map(({ name, id }) => [SPLIT_PREFIX + name.slice(prefix.length), id]));
}

/** Reads which refs of a remote were united last; none where the record can't be read. */
export async function readUnited(repo: Repository, remote: string): Promise<UnitedRefs> {
  const kept = await repo.listRefs(unitedPrefix(remote));
  const ids = splitAmong(kept, remote);
  const tree = kept.find(({ name }) => name === recordRef(remote))?.id;
  const [root = []] = tree === undefined ? [] : await readUsableTrees(repo, [tree]);
  const folders = root.filter(({ mode }) => isTreeMode(mode));
  const contents = await readUsableTrees(repo, idsOf(folders));
  folders.forEach(({ name }, i) => {
    for (const entry of contents[i] ?? []) {
      if (entry.mode === COMMIT_MODE) ids.set(refOf(`${name}/${entry.name}`), entry.id);
    }
  });
  return { ids, tree, repository: kept.find(({ name }) => name === repositoryRef(remote))?.id };
}

/** The moves of the record that note where refs of a remote are now (`null`: gone); none where it says so already. */
export async function noteUnited(
  repo: Repository,
  sink: ObjectSink,
  remote: string,
  { known, now }: { readonly known: UnitedRefs; readonly now: ReadonlyMap<RefName, ObjectId | null> },
): Promise<RefUpdate[]> {
  const changed = [...now].filter(([ref, id]) => (known.ids.get(ref) ?? null) !== id);
  const edits = new Map<string, TreeEdit>();
  const updates: RefUpdate[] = [];
  for (const [ref, id] of changed) {
    if (ref.startsWith(SPLIT_PREFIX)) {
      const name = splitPrefix(remote) + ref.slice(SPLIT_PREFIX.length);
      updates.push({ ref: name, old: known.ids.get(ref) ?? null, new: id });
    } else {
      edits.set(pathOf(ref), id === null ? null : { mode: COMMIT_MODE, id });
    }
  }
  if (edits.size === 0) return updates;
  // A tree that can't be read is replaced.
  const isRead = [...known.ids.keys()].some((ref) => !ref.startsWith(SPLIT_PREFIX));
  const tree = await editTree(repo, sink, isRead ? (known.tree ?? null) : null, edits);
  return [...updates, { ref: recordRef(remote), old: known.tree ?? null, new: tree }];
}
