import { joinSessions } from '../compare/join-sessions.ts';
import { commitHeader, type ParsedCommit, serializeCommit } from '../git/commit.ts';
import { parsedCommit } from '../git/commit-trees.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import { foldersAt } from '../layout/checkpoint-walk.ts';
import { branchAmong } from '../layout/layout-refs.ts';
import { BRANCH_REF } from '../layout/ref-names.ts';
import { GrowingBranch } from '../project/back/growing-branch.ts';
import { cannotJoin, messageFor, plainLost, type RestoreContext, type RestorePlan, restored } from './restore-plan.ts';
import type { RestoredCheckpoint } from './restore-result.ts';

/** Plans how V1 gets lost checkpoints and sessions again: in one commit on its tip. Without a V1 that commit is its first. */
export async function planOnBranch({ repo, refs, lost }: RestoreContext): Promise<RestorePlan> {
  const branch = branchAmong(refs);
  const like = branch?.id ?? lost[0]?.last.id;
  const [object] = await repo.readObjects(like === undefined ? [] : [like]);
  const tip = parsedCommit(like as ObjectId, object);
  const objects = new ObjectOverlay(repo);
  const root = branch === undefined ? undefined : tip.tree;
  const tree = await GrowingBranch.from(repo, objects, root);
  const there = await foldersAt(repo, await objects.tree(root), idsOf(lost));
  const checkpoints: RestoredCheckpoint[] = [];
  for (const one of lost) {
    const ours = there.get(one.id);
    const theirs = await plainLost(repo, objects, one);
    const joined = ours === undefined ? undefined : await joinSessions(objects, one.id, ours, theirs);
    if (ours !== undefined && joined === undefined) throw cannotJoin(one);
    const folder = joined?.folder ?? theirs;
    there.set(one.id, folder);
    await tree.set(one.id, folder);
    checkpoints.push(restored(one, joined?.sessions.length));
  }
  const parents = branch === undefined ? [] : [branch.id];
  const commit = { tree: tree.tree(), parents, headers: identityOf(tip), message: messageFor(lost) };
  const id = objects.add('commit', serializeCommit(commit));
  const writer = repo.objectWriter();
  objects.store(id, writer);
  const old = branch?.name === BRANCH_REF ? branch.id : null;
  return { checkpoints, writer, updates: [{ ref: BRANCH_REF, old, new: id }] };
}

/** Author and committer of a commit, for one that every clone makes the same. */
export function identityOf(commit: ParsedCommit): string[] {
  return ['author', 'committer'].map((key) => `${key} ${commitHeader(commit, key) ?? ''}`);
}
