import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { mergeFolders, readFolder, sessionFolderOf } from '../../compare/merge-checkpoint.ts';
import { serializeCommit } from '../../git/commit.ts';
import { treesOfCommits } from '../../git/commit-trees.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import { rebasedCommit } from '../../project/commit-image.ts';

/** A folder of a checkpoint here, at a remote that has rewritten it, and in what both had when they were united last. */
interface RewrittenFolder {
  readonly ours: ObjectId;
  readonly theirs: ObjectId;
  readonly earlier: ObjectId;
}

/**
 * A checkpoint's ref that was rewritten at a remote, with what was written here since both were united last: one commit on the remote's, so
 * that what was taken out is not in its history. `isBoth` says that both have changed the checkpoint.
 */
export async function putOnRewritten(
  repo: Repository,
  objects: ObjectOverlay,
  id: CheckpointId,
  { ours, theirs, earlier }: RewrittenFolder,
): Promise<{ readonly tip: ObjectId; readonly isBoth: boolean }> {
  const [own, other, before] = await treesOfCommits(repo, [ours, theirs, earlier]);
  if (own === undefined || other === undefined || before === undefined) throw new Error('a commit without a tree');
  if (own === before || own === other) return { tip: theirs, isBoth: false };
  const isBoth = other !== before;
  const tree = isBoth ? await mergeOnto(objects, id, { ours: own, theirs: other, earlier: before }) : own;
  if (tree === other) return { tip: theirs, isBoth };
  const commit = rebasedCommit(await objects.commit(ours), tree, [theirs]);
  return { tip: objects.add('commit', serializeCommit(commit)), isBoth };
}

/**
 * The remote's folder of a checkpoint with what was written here: sessions that it never had, and those that it left as they were. Of what both
 * have changed the remote's counts: to take something out, somebody wrote over it there.
 */
async function mergeOnto(
  objects: ObjectOverlay,
  id: CheckpointId,
  { ours, theirs, earlier }: RewrittenFolder,
): Promise<ObjectId> {
  const second = await withoutRemoved(objects, { ours, theirs, earlier });
  const conflict = { id, first: theirs, second, base: earlier, isSecondLater: false };
  const merged = await mergeFolders(objects, conflict, async (session) =>
    session.ours === session.base ? session.theirs : session.ours,
  );
  return merged.folder;
}

/** What is here, without the sessions that the remote has taken out and nobody has changed here. */
async function withoutRemoved(objects: ObjectOverlay, folders: RewrittenFolder): Promise<ObjectId> {
  const { ours, theirs, earlier } = folders;
  const [own, other, before] = [
    await readFolder(objects, ours),
    await readFolder(objects, theirs),
    await readFolder(objects, earlier),
  ];
  const left = new Map(own?.entries);
  for (const [name, session] of own?.sessions ?? []) {
    const known = before?.entries.get(sessionFolderOf(before, session, name) ?? '');
    const isGone = sessionFolderOf(other, session, name) === undefined;
    if (isGone && known?.id === own?.entries.get(name)?.id) left.delete(name);
  }
  return objects.changeTree(ours, left.values());
}
