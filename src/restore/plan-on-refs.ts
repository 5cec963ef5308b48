import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { joinSessions } from '../compare/join-sessions.ts';
import { serializeCommit } from '../git/commit.ts';
import { parsedCommit } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import type { ObjectSink, RefUpdate, Repository } from '../git/repository.ts';
import { stagedRepository } from '../git/staged-repository.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { BRANCH_REF, checkpointOfRef, checkpointRef, checkpointTips } from '../layout/ref-names.ts';
import { plainFoldersOfRefs } from '../project/back/plain-folders.ts';
import { CheckpointTrees } from '../project/refs/checkpoint-trees.ts';
import { planRefs } from '../project/refs/plan-refs.ts';
import { identityOf } from './plan-on-branch.ts';
import { cannotJoin, messageFor, plainLost, type RestoreContext, type RestorePlan, restored } from './restore-plan.ts';
import type { RestoredCheckpoint } from './restore-result.ts';

/**
 * Plans how git-refs get lost checkpoints and sessions again. A whole checkpoint has the history that a migration of the V1 commit would
 * give it; out of a backup of git-refs its ref is put back as it was. Sessions come in one commit on the checkpoint's ref.
 */
export async function planOnRefs({ repo, refs, lost }: RestoreContext): Promise<RestorePlan> {
  const objects = new ObjectOverlay(repo);
  const known = checkpointTips(refs);
  const tips = new Map<CheckpointId, ObjectId>();
  const whole = lost.filter(({ id, isWhole }) => isWhole && !known.has(id));
  const writer = repo.objectWriter();
  // All of a history is stored, and the overlay has it for what comes on top.
  const sink: ObjectSink = {
    add(type, content) {
      writer.add(type, content);
      return objects.add(type, content);
    },
  };
  await fromCommits(repo, sink, known, whole.filter(isOfBranch), tips);
  for (const one of whole.filter((each) => !isOfBranch(each))) tips.set(one.id, await fromBackup(repo, objects, one));
  const checkpoints: RestoredCheckpoint[] = [];
  for (const one of lost) {
    if (whole.includes(one)) {
      checkpoints.push(restored(one));
      continue;
    }
    const at = tips.get(one.id) ?? known.get(one.id);
    if (at === undefined) throw hasNoRef(one);
    const joined = await withSessions(repo, objects, one, at);
    if (joined === undefined) throw cannotJoin(one);
    tips.set(one.id, joined.commit);
    checkpoints.push(restored(one, joined.sessionCount));
  }
  const updates = [...tips].map(([id, commit]): RefUpdate => {
    objects.store(commit, writer);
    return { ref: checkpointRef(id), old: known.get(id) ?? null, new: commit };
  });
  return { checkpoints, writer, updates };
}

function hasNoRef({ id }: LostCheckpoint): CkptError {
  return new CkptError('CANNOT_RESTORE', `the checkpoint ${id} has no ref yet that its lost sessions could go to`, {
    hint: ['Give it one first: ', ['ckpt', 'migrate', '--to', 'refs']],
    exitCode: 3,
  });
}

/** Whether a commit of V1 has it, so that its history is V1's. */
function isOfBranch({ held }: LostCheckpoint): boolean {
  return held === undefined || held.layout === 'v1';
}

async function fromCommits(
  repo: Repository,
  sink: ObjectSink,
  known: ReadonlyMap<CheckpointId, ObjectId>,
  lost: readonly LostCheckpoint[],
  tips: Map<CheckpointId, ObjectId>,
): Promise<void> {
  const byCommit = new Map<ObjectId, Set<CheckpointId>>();
  for (const { id, last } of lost) byCommit.set(last.id, (byCommit.get(last.id) ?? new Set()).add(id));
  for (const [commit, ids] of byCommit) {
    const { updates } = await planRefs({
      repo,
      sink,
      v1: { name: BRANCH_REF, id: commit },
      refs: known,
      rest: undefined,
      deleted: new Set(),
      withRest: false,
      without: (id) => !ids.has(id),
    });
    for (const { ref, new: tip } of updates) {
      const id = checkpointOfRef(ref);
      if (id !== undefined && tip !== null) tips.set(id, tip);
    }
  }
}

/** The commit of a backup of git-refs itself; of one of V2 a first commit, by who wrote that V2 last. */
async function fromBackup(repo: Repository, objects: ObjectOverlay, one: LostCheckpoint): Promise<ObjectId> {
  if (one.held?.layout === 'refs') return one.last.id;
  const plain = await plainLost(repo, objects, one);
  return commitOf(repo, objects, { lost: one, plain, like: one.last.id, parents: [] });
}

async function withSessions(
  repo: Repository,
  objects: ObjectOverlay,
  lost: LostCheckpoint,
  at: ObjectId,
): Promise<{ readonly commit: ObjectId; readonly sessionCount: number } | undefined> {
  const staged = stagedRepository(repo, objects);
  const { tree } = await objects.commit(at);
  const [ours = tree] = await plainFoldersOfRefs(staged, objects)([[lost.id, tree]]);
  const joined = await joinSessions(objects, lost.id, ours, await plainLost(repo, objects, lost));
  if (joined === undefined) return undefined;
  const commit = await commitOf(repo, objects, { lost, plain: joined.folder, like: at, parents: [at] });
  return { commit, sessionCount: joined.sessions.length };
}

/** A commit of a ref with a plain folder, by the author and with the dates of another commit. */
async function commitOf(
  repo: Repository,
  objects: ObjectOverlay,
  { lost, plain, like, parents }: { lost: LostCheckpoint; plain: ObjectId; like: ObjectId; parents: ObjectId[] },
): Promise<ObjectId> {
  const staged = stagedRepository(repo, objects);
  const trees = new CheckpointTrees(staged, objects);
  await trees.load([[lost.id, plain]]);
  const [object] = await staged.readObjects([like]);
  const headers = identityOf(parsedCommit(like, object));
  const tree = trees.treeOf(lost.id, plain);
  return objects.add('commit', serializeCommit({ tree, parents, headers, message: messageFor([lost]) }));
}
