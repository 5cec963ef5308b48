import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { CHECKPOINT_TRAILER } from '../checkpoint/trailers.ts';
import { commitsInRange } from '../commits/commits-in-range.ts';
import { readTrailers, type TrailerCommit, type Trailers } from '../commits/read-trailers.ts';
import { isRefOfUsers } from '../commits/user-refs.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { listLayoutRefs } from '../layout/layouts.ts';
import { checkpointOfRef, checkpointRef } from '../layout/ref-names.ts';
import { readDeletedCheckpoints } from '../project/refs/deleted-checkpoints.ts';
import { type ChosenRemote, choosePushed, codeRemote } from './choose-remote.ts';
import { type Held, heldCheckpoints } from './held-checkpoints.ts';
import { readPushQueue } from './push-queue.ts';
import { type RefStanding, refStandings } from './ref-standings.ts';
import { isOfLayout, REMOTE_PATTERNS } from './remote-refs.ts';

/** What to compare with a remote. */
export interface CompareRemoteOptions {
  /** A name of a remote, or a URL. Default: that of the settings, or `origin`. */
  readonly remote?: string | undefined;
  /** The user's commits whose trailers are read, as `git rev-list` reads a range. Default: those of the branches that the remote has. */
  readonly commits?: string | undefined;
  /** Only these checkpoints are looked for, named by a commit or not. */
  readonly checkpoints?: readonly CheckpointId[] | undefined;
  readonly onEvent?: ProgressListener | undefined;
}

/** A checkpoint that has to be on the remote, and whether it is. */
export interface NamedStanding {
  readonly checkpoint: CheckpointId;
  /** The commit that names it; `undefined` where the user alone does. */
  readonly by: TrailerCommit | undefined;
  readonly isHere: boolean;
  /** `unknown`: a ref of the remote that may hold it is at a commit that is not here. */
  readonly arrival: 'arrived' | 'missing' | 'unknown';
  /** On the push queue of Entire's client. */
  readonly isQueued: boolean;
  /** Deleted in this clone by Entire's client. */
  readonly isDeleted: boolean;
}

/** A branch that the remote has. */
export interface RemoteBranch extends Ref {
  /** False where the commit that it is at is not here. */
  readonly isHere: boolean;
}

/** What of the checkpoints is at a remote. */
export interface RemoteComparison {
  readonly remote: ChosenRemote;
  /** The remote whose branches were read, by its name; `null` where a range of commits was given. */
  readonly branchesOf: string | null;
  readonly branches: readonly RemoteBranch[];
  /** Commits that name a checkpoint. */
  readonly commitCount: number;
  readonly named: readonly NamedStanding[];
  readonly refs: readonly RefStanding[];
  /** Refs of the remote that may hold checkpoints, and can't be read here. */
  readonly unread: readonly Ref[];
  /** Checkpoints on the push queue of Entire's client whose refs the remote does not have as they are here. */
  readonly queued: ReadonlyArray<{
    readonly checkpoint: CheckpointId;
    readonly ref: RefName;
    readonly isHere: boolean;
  }>;
}

const HEADS = 'refs/heads/';

/**
 * Compares what commits name and what is here with what a remote has. Asks the remote for its refs, once; where its branches lie
 * elsewhere (`checkpoint_remote`), twice. Fetches no object and writes nothing: what can't be told from what is here is `unknown`. Throws a
 * `CkptError` where there is no remote or the range can't be read, a `GitError` where the remote can't be reached.
 */
export async function compareRemote(repo: Repository, options: CompareRemoteOptions): Promise<RemoteComparison> {
  const { onEvent = () => undefined, checkpoints } = options;
  const remote = await choosePushed(repo, options.remote);
  onEvent({ kind: 'phase', phase: 'ask the remote' });
  const asking = askRemote(repo, remote, options.commits === undefined);
  const [{ theirs, branches, branchesOf }, ours] = await Promise.all([asking, listLayoutRefs(repo)]);
  const absent = await repo.absentObjects([...new Set([...theirs, ...branches].map(({ id }) => id))]);
  onEvent({ kind: 'phase', phase: 'walk history' });
  const trailers = await readTrailers(
    repo,
    options.commits === undefined
      ? await commitsOf(repo, branchesOf, branches, absent)
      : await commitsInRange(repo, options.commits),
  );
  onEvent({ kind: 'phase', phase: 'read checkpoints' });
  const wanted = [...new Set([...(checkpoints ?? []), ...(checkpoints === undefined ? trailers.named.keys() : [])])];
  const held = await heldCheckpoints(repo, theirs, wanted);
  const queue = await readPushQueue(repo.commonDir);
  const named = await standingsOf(repo, wanted.sort(), trailers, { ours, held, queue });
  const isWanted = ({ name }: Ref) => isAskedFor(name, checkpoints);
  const refs = await refStandings(repo, ours.filter(isLayoutRef).filter(isWanted), theirs.filter(isWanted), absent);
  return {
    remote,
    branchesOf,
    branches: branches.map((branch) => ({ ...branch, isHere: !absent.has(branch.id) })),
    commitCount: trailers.commitCount,
    named,
    refs,
    unread: held.unread,
    queued: queuedOf(queue, ours, theirs, checkpoints),
  };
}

const isLayoutRef = ({ name }: Ref): boolean => isOfLayout(name);

/** Where single checkpoints are asked for, the refs of others say nothing. */
function isAskedFor(ref: RefName, checkpoints: readonly CheckpointId[] | undefined): boolean {
  const own = checkpointOfRef(ref);
  return checkpoints === undefined || own === undefined || checkpoints.includes(own);
}

async function askRemote(repo: Repository, remote: ChosenRemote, wantsBranches: boolean) {
  const network = repo.network();
  const isCode = remote.kind !== 'settings';
  const patterns = [...REMOTE_PATTERNS, ...(wantsBranches && isCode ? [`${HEADS}*`] : [])];
  const all = await network.list(remote.address, patterns);
  const theirs = all.filter(isLayoutRef);
  const ownBranches = all.filter(isBranch);
  if (!wantsBranches) return { theirs, branches: [], branchesOf: null };
  const code = ownBranches.length === 0 ? await codeRemote(repo) : undefined;
  if (code === undefined || code === remote.address) return { theirs, branches: ownBranches, branchesOf: remote.name };
  return { theirs, branches: (await network.list(code, [`${HEADS}*`])).filter(isBranch), branchesOf: code };
}

function isBranch({ name }: Ref): boolean {
  return name.startsWith(HEADS) && isRefOfUsers(name);
}

/** The commits of branches that have the text of a trailer; of a branch that has moved on, those that it had when it was fetched last. */
async function commitsOf(
  repo: Repository,
  remote: string | null,
  branches: readonly Ref[],
  absent: ReadonlySet<ObjectId>,
): Promise<ObjectId[]> {
  const tracking = `refs/remotes/${remote}/`;
  const isMoved = branches.some(({ id }) => absent.has(id));
  const tracked = new Map(isMoved ? (await repo.listRefs(tracking)).map(({ name, id }) => [name, id]) : []);
  const tips = branches.flatMap(({ name, id }) =>
    absent.has(id) ? (tracked.get(tracking + name.slice(HEADS.length)) ?? []) : id,
  );
  return repo.commitsWithText([...new Set(tips)], CHECKPOINT_TRAILER);
}

async function standingsOf(
  repo: Repository,
  wanted: readonly CheckpointId[],
  { named }: Trailers,
  { ours, held, queue }: { ours: readonly Ref[]; held: Held; queue: ReadonlySet<CheckpointId> },
): Promise<NamedStanding[]> {
  const [here, deleted] = [await heldCheckpoints(repo, ours, wanted), await readDeletedCheckpoints(repo.commonDir)];
  return wanted.map((checkpoint) => ({
    checkpoint,
    by: named.get(checkpoint),
    isHere: here.ids.has(checkpoint),
    arrival: held.ids.has(checkpoint) ? 'arrived' : held.unread.length > 0 ? 'unknown' : 'missing',
    isQueued: queue.has(checkpoint),
    isDeleted: deleted.has(checkpoint),
  }));
}

function queuedOf(
  queue: ReadonlySet<CheckpointId>,
  ours: readonly Ref[],
  theirs: readonly Ref[],
  checkpoints: readonly CheckpointId[] | undefined,
) {
  const [here, there] = [ours, theirs].map((refs) => new Map(refs.map(({ name, id }) => [name, id])));
  return [...queue]
    .filter((checkpoint) => isAskedFor(checkpointRef(checkpoint), checkpoints))
    .map((checkpoint) => ({ checkpoint, ref: checkpointRef(checkpoint) }))
    .filter(({ ref }) => here?.get(ref) !== there?.get(ref) || !there?.has(ref))
    .map((one) => ({ ...one, isHere: here?.has(one.ref) ?? false }));
}
