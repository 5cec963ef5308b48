import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import { isBeginning } from '../../../compare/is-beginning.ts';
import { batches } from '../../../git/batches.ts';
import { idsOf, type ObjectId } from '../../../git/object-id.ts';
import type { Repository } from '../../../git/repository.ts';
import { readPlainCheckpoints } from '../../../layout/checkpoint-view.ts';
import { describeCheckpoints, sessionIdsOf } from '../../../layout/describe-checkpoints.ts';
import type { TranscriptFiles } from '../../../layout/layout.ts';

/** What a V1 that was rewritten has no more: a checkpoint, one of its sessions, or a session's transcript or the end of it. */
export interface Lost {
  readonly checkpoint: CheckpointId;
  /** The session's ID, or where its metadata can't be read the name of its folder; absent: the whole checkpoint is gone. */
  readonly session?: string;
  /** What of the session is gone; absent: all of it. */
  readonly part?: 'transcript' | 'end of the transcript';
}

/** The folders of the checkpoints that may differ, in the V1 of before and in the new one. */
export interface FolderPair {
  readonly before: ObjectId | undefined;
  readonly now: ObjectId | undefined;
}

/**
 * What is gone from a V1 that was rewritten. A session is found again by its ID, in whichever folder, and may be another one than
 * before: finalized, or redacted. It is gone in part where it has no transcript any more, or only the beginning of the one that it
 * had. Reads metadata; of transcripts the sizes, and those that became shorter.
 */
export async function findLostInRewrite(
  repo: Repository,
  pairs: ReadonlyMap<CheckpointId, FolderPair>,
): Promise<Lost[]> {
  const lost: Lost[] = [];
  const changed: Array<[CheckpointId, ObjectId, ObjectId]> = [];
  for (const [checkpoint, { before, now }] of pairs) {
    if (before === undefined || before === now) continue;
    if (now === undefined) lost.push({ checkpoint });
    else changed.push([checkpoint, before, now]);
  }
  for (const batch of batches(changed)) {
    const before = await readSessions(repo, new Map(batch.map(([id, folder]) => [id, folder])));
    const now = await readSessions(repo, new Map(batch.map(([id, , folder]) => [id, folder])));
    for (const [checkpoint] of batch) {
      for (const [session, transcript] of before.get(checkpoint) ?? []) {
        const part = await lostPart(repo, transcript, now.get(checkpoint), session);
        if (part !== undefined) lost.push({ checkpoint, session, ...(part === 'session' ? {} : { part }) });
      }
    }
  }
  return lost.sort((a, b) => (a.checkpoint < b.checkpoint ? -1 : a.checkpoint > b.checkpoint ? 1 : 0));
}

/** The transcripts of a checkpoint's sessions, by the session's ID; the last folder counts where two have the same. */
type Sessions = ReadonlyMap<string, TranscriptFiles | undefined>;

async function readSessions(
  repo: Repository,
  folders: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<Map<CheckpointId, Sessions>> {
  const described = await describeCheckpoints(repo, await readPlainCheckpoints(repo, folders));
  return new Map(
    described.map((one) => {
      const sessions = new Map<string, TranscriptFiles | undefined>();
      const ids = sessionIdsOf(one);
      for (const { name, transcript } of one.checkpoint.sessions) {
        const key = ids.get(name) ?? name;
        sessions.set(key, transcript ?? sessions.get(key));
      }
      return [one.checkpoint.id, sessions];
    }),
  );
}

async function lostPart(
  repo: Repository,
  before: TranscriptFiles | undefined,
  sessions: Sessions | undefined,
  session: string,
): Promise<'session' | Lost['part']> {
  if (sessions?.has(session) !== true) return 'session';
  if (before === undefined) return undefined;
  const now = sessions.get(session);
  if (now === undefined) return 'transcript';
  return (await isCutShort(repo, before, now)) ? 'end of the transcript' : undefined;
}

/** Whether one transcript is no more than the beginning of another; not where one of its pieces is absent. */
async function isCutShort(repo: Repository, before: TranscriptFiles, now: TranscriptFiles): Promise<boolean> {
  const [was, is] = [before, now].map(({ pieces }) => idsOf(pieces)) as [ObjectId[], ObjectId[]];
  if (was.join() === is.join()) return false;
  const sizes = async (ids: readonly ObjectId[]) => (await repo.objectInfo(ids)).map((info) => info?.size);
  const [wasSizes, isSizes] = [await sizes(was), await sizes(is)];
  if ([...wasSizes, ...isSizes].includes(undefined)) return false;
  const sum = (all: readonly (number | undefined)[]) => all.reduce((total: number, size) => total + (size ?? 0), 0);
  if (sum(isSizes) >= sum(wasSizes)) return false;
  return isBeginning(repo, is, was);
}
