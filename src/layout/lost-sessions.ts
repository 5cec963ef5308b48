import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { batches } from '../git/batches.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { readPlainCheckpoints } from './checkpoint-view.ts';
import { allFolders } from './checkpoint-walk.ts';
import { describeCheckpoints, sessionIdsOf } from './describe-checkpoints.ts';

/** A checkpoint or a session that some commit has deleted. */
export interface LostFolder {
  readonly id: CheckpointId;
  /** The name of the session's folder; `undefined`: the whole checkpoint. */
  readonly session: string | undefined;
  readonly deletedBy: ObjectId;
  /** The commit before it, and the checkpoint's folder there. */
  readonly last: ObjectId;
  readonly tree: ObjectId;
  /** Where the whole checkpoint is lost: its sessions. */
  readonly sessions?: readonly string[];
}

/** Of what was deleted once, that which the branch does not have again: a session is known by its ID, in whichever folder. */
export async function stillLost(repo: Repository, branch: Ref, deleted: readonly LostFolder[]): Promise<LostFolder[]> {
  const tip = await allFolders(repo, branch.id);
  const whole = deleted.filter(({ id, session }) => session === undefined && !tip.has(id));
  const partly = deleted.filter(({ id }) => tip.has(id));
  const lost: LostFolder[] = [];
  for (const batch of batches(whole)) {
    const sessions = await readSessions(repo, batch);
    for (const each of batch.map((one, i) => ({ ...one, sessions: [...(sessions[i]?.keys() ?? [])] }))) lost.push(each);
  }
  for (const batch of batches(partly)) {
    const before = await readSessions(repo, batch);
    const atTip = batch.map(({ id }) => ({ id, tree: tip.get(id) as ObjectId }));
    const now = await readSessions(repo, atTip);
    for (const [i, one] of batch.entries()) for (const each of sessionsLost(one, before[i], now[i])) lost.push(each);
  }
  return withoutRepeats(lost);
}

/** The IDs of a checkpoint's sessions by the names of their folders; `undefined` where the metadata says none. */
type Sessions = ReadonlyMap<string, string | undefined>;

/** What of a deleted folder's sessions is not at the tip. */
function sessionsLost(one: LostFolder, before: Sessions | undefined, now: Sessions | undefined): LostFolder[] {
  if (before === undefined || now === undefined) return [];
  const ids = new Set(now.values());
  const isThere = (name: string) => {
    const id = before.get(name);
    return id === undefined ? now.has(name) : ids.has(id);
  };
  const names = one.session === undefined ? [...before.keys()] : [one.session];
  return names.filter((name) => !isThere(name)).map((session) => ({ ...one, session }));
}

/** A session that was deleted by itself, and once more with its checkpoint, is lost once: by the last. */
function withoutRepeats(lost: readonly LostFolder[]): LostFolder[] {
  return [...new Map(lost.map((one) => [`${one.id}/${one.session ?? ''}`, one])).values()];
}

async function readSessions(
  repo: Repository,
  folders: ReadonlyArray<Pick<LostFolder, 'id' | 'tree'>>,
): Promise<Sessions[]> {
  const trees = folders.map(({ id, tree }) => [id, tree] as const);
  const described = await describeCheckpoints(repo, await readPlainCheckpoints(repo, trees));
  return described.map(sessionIdsOf);
}
