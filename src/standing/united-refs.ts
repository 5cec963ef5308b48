import type { ObjectId, RefName } from '../git/object-id.ts';
import { readUsableTrees } from '../git/read-trees.ts';
import type { ObjectSink, RefUpdate, Repository } from '../git/repository.ts';
import { isTreeMode } from '../git/tree.ts';
import { editTree, type TreeEdit } from '../git/tree-editor.ts';
import { CHECKPOINTS_PREFIX, checkpointOfRef, V1_REF } from '../layout/ref-names.ts';
import { trackingPrefix } from './remote-refs.ts';

/** Git's mode of an entry that names a commit (a submodule's), which need not be here. */
const COMMIT_MODE = '160000';
const V1_PATH = 'heads/v1';

/** Where a remote's refs were when those that are here were united with them last, or sent. */
export interface UnitedRefs {
  /** By the names there: V1 and git-refs. */
  readonly ids: ReadonlyMap<RefName, ObjectId>;
  /** The tree that keeps them, which no other ref may have moved when it is changed. */
  readonly tree: ObjectId | undefined;
}

/**
 * The ref that keeps them, at a tree: a ref of git's for each would be one more a checkpoint. No fetch moves or prunes it, unlike what the
 * remote has now, so that after a fetch which united nothing it still says whether somebody has rewritten a ref there.
 */
function recordRef(remote: string): RefName {
  return `${trackingPrefix(remote)}united/refs`;
}

/** Whether it is kept of a ref which one of the remote's was united: of V2 it is not. */
export function isNoted(ref: RefName): boolean {
  return ref === V1_REF || checkpointOfRef(ref) !== undefined;
}

/** A ref's path in that tree: two parts, as git-refs have. */
function pathOf(ref: RefName): string {
  return ref === V1_REF ? V1_PATH : ref.slice(CHECKPOINTS_PREFIX.length);
}

function refOf(path: string): RefName {
  return path === V1_PATH ? V1_REF : CHECKPOINTS_PREFIX + path;
}

/** Reads which refs of a remote were united last; none where the record can't be read. */
export async function readUnited(repo: Repository, remote: string): Promise<UnitedRefs> {
  const tree = await repo.resolveRef(recordRef(remote));
  const ids = new Map<RefName, ObjectId>();
  const [root = []] = tree === undefined ? [] : await readUsableTrees(repo, [tree]);
  const folders = root.filter(({ mode }) => isTreeMode(mode));
  const contents = await readUsableTrees(
    repo,
    folders.map(({ id }) => id),
  );
  folders.forEach(({ name }, i) => {
    for (const entry of contents[i] ?? []) {
      if (entry.mode === COMMIT_MODE) ids.set(refOf(`${name}/${entry.name}`), entry.id);
    }
  });
  return { ids, tree };
}

/** The move of the record that notes where refs of a remote are now (`null`: gone); none where it says so already. */
export async function noteUnited(
  repo: Repository,
  sink: ObjectSink,
  remote: string,
  { known, now }: { readonly known: UnitedRefs; readonly now: ReadonlyMap<RefName, ObjectId | null> },
): Promise<RefUpdate[]> {
  const edits = new Map<string, TreeEdit>();
  for (const [ref, id] of now) {
    if ((known.ids.get(ref) ?? null) === id) continue;
    edits.set(pathOf(ref), id === null ? null : { mode: COMMIT_MODE, id });
  }
  if (edits.size === 0) return [];
  // A tree that can't be read is replaced.
  const root = known.ids.size === 0 ? null : (known.tree ?? null);
  return [{ ref: recordRef(remote), old: known.tree ?? null, new: await editTree(repo, sink, root, edits) }];
}
