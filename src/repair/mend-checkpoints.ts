import { type CheckpointId, isCheckpointId } from '../checkpoint/checkpoint-id.ts';
import { mergeFolders } from '../compare/merge-checkpoint.ts';
import { transcriptOf } from '../compare/session-transcript.ts';
import { batches } from '../git/batches.ts';
import { commitHeader, serializeCommit } from '../git/commit.ts';
import { parsedCommit } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../git/repository.ts';
import { stagedRepository } from '../git/staged-repository.ts';
import { isTreeMode } from '../git/tree.ts';
import type { View } from '../layout/layout.ts';
import { layoutOf } from '../layout/layouts.ts';
import { readableCheckpoints } from '../layout/readable.ts';
import { BRANCH_REF, checkpointRef, checkpointTips } from '../layout/ref-names.ts';
import { GrowingBranch } from '../project/back/growing-branch.ts';
import { FateRecord } from '../project/back/session-fate.ts';
import { plainFoldersOf } from '../project/back/surplus.ts';
import { CheckpointTrees } from '../project/refs/checkpoint-trees.ts';
import type { Finding } from '../verify/finding.ts';

/** What is mended by what. */
export interface MendContext {
  readonly repo: Repository;
  readonly source: View;
  /** V1 or git-refs. */
  readonly target: View;
  /** Errors about the target. */
  readonly errors: readonly Finding[];
}

/** The refs to move, and the objects that they need. */
export interface Mend {
  readonly updates: readonly RefUpdate[];
  readonly writer: ObjectWriter;
}

/**
 * Plans how checkpoints that both layouts have get what the source has of them: each file that the source has is the source's, in sessions
 * that are paired by their IDs; what the target has besides stays. One commit on V1, or on the ref of each checkpoint, by the author and
 * with the dates of the commit below it, so that every clone makes the same.
 */
export async function mendCheckpoints({ repo, source, target, errors }: MendContext): Promise<Mend> {
  const objects = new ObjectOverlay(repo);
  const staged = stagedRepository(repo, objects);
  const ids = new Set(
    errors.flatMap(({ checkpoint }) => (isCheckpointId(checkpoint ?? '') ? [checkpoint as CheckpointId] : [])),
  );
  const theirs = await readableTrees(source, ids);
  const ours = await readableTrees(target, ids);
  const plain = async (view: View, folders: ReadonlyMap<CheckpointId, ObjectId>) =>
    (await plainFoldersOf({ repo: staged, objects, view }, ids, new FateRecord()))([...folders]);
  const both = new Map([...ours].filter(([id]) => theirs.has(id)));
  const plainOurs = await plain(target, both);
  const plainTheirs = await plain(source, new Map([...both.keys()].map((id) => [id, theirs.get(id) as ObjectId])));
  const mended = new Map<CheckpointId, ObjectId>();
  for (const [i, id] of [...both.keys()].entries()) {
    const first = plainOurs[i] as ObjectId;
    // What lies beside the sessions is the source's where an error is about it.
    const isSecondLater = errors.some(({ checkpoint, session }) => checkpoint === id && session === undefined);
    const conflict = { id, first, second: plainTheirs[i] as ObjectId, base: undefined, isSecondLater };
    const merged = await mergeFolders(objects, conflict, (versions) => overlaid(objects, versions));
    if (merged.folder !== first) mended.set(id, merged.folder);
  }
  const writer = repo.objectWriter();
  const updates = await (layoutOf(target.layout).hasRefPerCheckpoint ? onRefs : mendOnBranch)(
    { repo, staged, objects, target },
    mended,
  );
  for (const { new: commit } of updates) if (commit !== null) objects.store(commit, writer);
  return { updates, writer };
}

/** The trees of those of some checkpoints that a layout has and that can be read. */
async function readableTrees(view: View, ids: ReadonlySet<CheckpointId>): Promise<Map<CheckpointId, ObjectId>> {
  const trees = new Map<CheckpointId, ObjectId>();
  for (const batch of batches(ids)) {
    for (const [id, { tree }] of (await readableCheckpoints(view, batch)).read) trees.set(id, tree);
  }
  return trees;
}

/** A session's folder with every file that the other has. Of a transcript in other pieces none stays. */
async function overlaid(
  objects: ObjectOverlay,
  { ours, theirs }: { readonly ours: ObjectId; readonly theirs: ObjectId },
  done = new Map<string, ObjectId>(),
): Promise<ObjectId> {
  // Trees may contain others many times over: each pair is gone through once.
  const known = done.get(`${ours} ${theirs}`);
  if (known !== undefined) return known;
  const entries = new Map((await objects.tree(ours)).map((entry) => [entry.name, entry]));
  const others = await objects.tree(theirs);
  if (transcriptOf(others).pieces.length > 0) {
    const { pieces, hash } = transcriptOf([...entries.values()]);
    for (const { name } of [...pieces, ...(hash === undefined ? [] : [hash])]) entries.delete(name);
  }
  for (const entry of others) {
    const own = entries.get(entry.name);
    const areFolders = own !== undefined && isTreeMode(own.mode) && isTreeMode(entry.mode);
    const id = areFolders ? await overlaid(objects, { ours: own.id, theirs: entry.id }, done) : entry.id;
    entries.set(entry.name, { ...entry, id });
  }
  const made = await objects.changeTree(ours, entries.values());
  done.set(`${ours} ${theirs}`, made);
  return made;
}

interface Place {
  readonly repo: Repository;
  readonly staged: Repository;
  readonly objects: ObjectOverlay;
  readonly target: View;
}

async function mendOnBranch(
  { staged, objects, target }: Place,
  mended: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<RefUpdate[]> {
  const [branch] = target.refs as readonly [Ref];
  if (mended.size === 0) return [];
  const { tree: root } = await objects.commit(branch.id);
  const tree = await GrowingBranch.from(staged, objects, root);
  for (const [id, folder] of mended) await tree.set(id, folder);
  const commit = await commitOn(staged, objects, branch.id, tree.tree(), [...mended.keys()]);
  return [{ ref: BRANCH_REF, old: branch.name === BRANCH_REF ? branch.id : null, new: commit }];
}

async function onRefs(
  { staged, objects, target }: Place,
  mended: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<RefUpdate[]> {
  const tips = checkpointTips(target.refs);
  const trees = new CheckpointTrees(staged, objects);
  await trees.load(mended);
  const updates: RefUpdate[] = [];
  for (const [id, folder] of mended) {
    const tip = tips.get(id) as ObjectId;
    const tree = trees.treeOf(id, folder);
    if ((await objects.commit(tip)).tree === tree) continue;
    const commit = await commitOn(staged, objects, tip, tree, [id]);
    updates.push({ ref: checkpointRef(id), old: tip, new: commit });
  }
  return updates;
}

async function commitOn(
  staged: Repository,
  objects: ObjectOverlay,
  parent: ObjectId,
  tree: ObjectId,
  ids: readonly CheckpointId[],
): Promise<ObjectId> {
  const [object] = await staged.readObjects([parent]);
  const like = parsedCommit(parent, object);
  const headers = ['author', 'committer'].map((key) => `${key} ${commitHeader(like, key) ?? ''}`);
  const message =
    ids.length === 1 ? `Repair checkpoint ${ids[0]}\n` : `Repair ${ids.length} checkpoints\n\n${ids.join('\n')}\n`;
  return objects.add('commit', serializeCommit({ tree, parents: [parent], headers, message }));
}
