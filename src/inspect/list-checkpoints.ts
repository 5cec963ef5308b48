import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAt, createdAtOfId, parseCreatedAt, spanOf } from '../checkpoint/created-at.ts';
import { isOddTime } from '../checkpoint/odd-time.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { namedInRange } from '../commits/commits-in-range.ts';
import type { NamingCommit, NamingCommits } from '../commits/naming-commits.ts';
import { inBatches } from '../git/batches.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { CheckpointView, LayoutName, Scope, View } from '../layout/layout.ts';
import { listLayoutRefs } from '../layout/layouts.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { openLost } from '../layout/lost-view.ts';
import { readLosses } from '../project/lost.ts';
import { fileWithRole } from './checkpoint-content.ts';
import { checkpointLabel } from './checkpoint-label.ts';
import { type Deletion, deletionOf } from './deletion.ts';
import { commitsFit, hasText, isInTime, type ListFilter, sessionsFit } from './list-filter.ts';
import { namingCommits } from './naming.ts';
import { visitPrompts } from './prompt-contents.ts';
import { tellingLine } from './prompt-line.ts';
import { readSessionFields } from './session-fields.ts';
import { viewsToRead } from './views-to-read.ts';

/** One line of `ckpt list`. What no session says is `null`. */
export interface ListedCheckpoint {
  readonly checkpoint: CheckpointId;
  /** The layouts that have it. */
  readonly layouts: readonly LayoutName[];
  /** The newest `created_at` of its sessions, as it was written; the time in its ID where no session says one. */
  readonly createdAt: string | null;
  /** Whether `createdAt` is a time that nobody meant: year 1, 1970, the far future. Such a checkpoint is listed as one without a time. */
  readonly isOddTime: boolean;
  readonly branch: string | null;
  /** Of its sessions, each once. */
  readonly agents: readonly string[];
  readonly sessionCount: number;
  /** The files that its sessions touched, each once. */
  readonly files: readonly string[];
  /** The line that says most, of at most 200 characters, of the prompts of the first session that has some. */
  readonly prompt: string | null;
  /** The commits of the user that name it: the work itself before a squash merge of it, `HEAD`'s history first, the newest first. */
  readonly commits: readonly NamingCommit[];
  /** The commit that deleted it, or sessions of it, where those that are lost were asked for; else `null`. */
  readonly deletion: Deletion | null;
  /** What to call it, as `checkpointLabel` says. */
  readonly label: string | null;
}

/** What `ckpt list` prints. */
export interface CheckpointList {
  /** All checkpoints that there are, and those of them that were asked for. */
  readonly total: number;
  readonly matching: number;
  /** Newest first; those whose time nobody knows last; ties by ID. */
  readonly checkpoints: readonly ListedCheckpoint[];
}

export interface ListOptions extends ListFilter {
  readonly layout?: LayoutName | undefined;
  /** At most so many. */
  readonly limit?: number | undefined;
  /** Only checkpoints that a commit of this range names, as `git rev-list` reads it. */
  readonly commits?: string | undefined;
  /** Those that V1's history alone has still, and no others. */
  readonly lost?: boolean;
  readonly onEvent?: ProgressListener;
}

/** Where a checkpoint lies: in the layout that is read first, and all layouts that have it. */
export interface CheckpointOwner {
  readonly view: View;
  readonly layouts: readonly LayoutName[];
  readonly lost?: LostCheckpoint;
}

/** The owners of checkpoints. */
export type Owners = ReadonlyMap<CheckpointId, CheckpointOwner>;

/** What is known of a checkpoint before its prompts are looked at. */
interface Candidate extends Omit<ListedCheckpoint, 'prompt' | 'createdAt' | 'isOddTime' | 'label'> {
  readonly newest: CreatedAt | undefined;
  /** What its sessions say instead, where nobody can have meant it. */
  readonly oddTime: string | undefined;
  /** The `prompt.txt` of each session that has one. */
  readonly promptFiles: readonly ObjectId[];
}

/**
 * Lists checkpoints, newest first, from one layout or from all: what several have is read in the one that `viewsToRead` puts
 * first. Reads session metadata, the messages of the user's commits, and the prompts of those that are listed (of all, to look for a
 * text in them); never a transcript. Throws what `commitsInRange` throws.
 */
export async function listCheckpoints(repo: Repository, options: ListOptions): Promise<CheckpointList> {
  const views = await viewsToRead(repo, options.layout, { onEvent: options.onEvent });
  const owners = options.lost === true ? await lostOwners(repo, views) : await findOwners(views);
  const { commits, onEvent } = options;
  const total = owners.size;
  const wanted = commits === undefined ? owners : ownedBy(owners, await namedInRange(repo, commits));
  const naming = await namingCommits(repo, onEvent);
  onEvent?.({ kind: 'phase', phase: 'read checkpoints', total: wanted.size });
  const candidates: Candidate[] = [];
  let done = 0;
  for await (const { looked, found } of readCandidates(repo, wanted, naming, options)) {
    for (const each of found) candidates.push(each);
    done += looked;
    onEvent?.({ kind: 'progress', phase: 'read checkpoints', done, total: wanted.size });
  }
  const matching = await withText(repo, candidates, options.grep);
  const listed = matching.sort(newestFirst).slice(0, options.limit ?? matching.length);
  return { total, matching: matching.length, checkpoints: await withPrompts(repo, listed) };
}

function ownedBy(owners: Owners, ids: ReadonlySet<CheckpointId>): Owners {
  return new Map([...owners].filter(([id]) => ids.has(id)));
}

/** All checkpoints of some layouts. */
export async function findOwners(views: readonly View[]): Promise<Map<CheckpointId, CheckpointOwner>> {
  const owners = new Map<CheckpointId, CheckpointOwner>();
  for (const view of views) {
    for (const id of await view.ids()) {
      const known = owners.get(id);
      owners.set(id, { view: known?.view ?? view, layouts: [...(known?.layouts ?? []), view.layout] });
    }
  }
  return owners;
}

/** The checkpoints that are lost, or have lost sessions, with the layouts that have the checkpoint itself. */
async function lostOwners(repo: Repository, views: readonly View[]): Promise<Owners> {
  const { lost } = await readLosses(repo, await listLayoutRefs(repo));
  return ownersInHistory(repo, lost, await findOwners(views));
}

/** Lost checkpoints as owners, to be read from the history; `there`: what layouts have still. */
export function ownersInHistory(repo: Repository, lost: readonly LostCheckpoint[], there?: Owners): Owners {
  const view = openLost(repo, lost);
  return new Map(lost.map((one) => [one.id, { view, layouts: there?.get(one.id)?.layouts ?? [], lost: one }]));
}

/** What a list shows of these checkpoints, in their order. Who has read the commits that name them gives these. */
export async function readListed(
  repo: Repository,
  owners: Owners,
  naming?: NamingCommits,
): Promise<ListedCheckpoint[]> {
  const listed = new Map<CheckpointId, ListedCheckpoint>();
  for await (const { found } of readCandidates(repo, owners, naming ?? (await namingCommits(repo)), {})) {
    for (const one of await withPrompts(repo, found)) listed.set(one.checkpoint, one);
  }
  return [...owners.keys()].flatMap((id) => listed.get(id) ?? []);
}

/** Looks into checkpoints, each in the layout that it is read in, for files of these roles: in batches, one layout after the other. */
export async function* openOwned(owners: Owners, roles: Scope['roles']): AsyncGenerator<readonly CheckpointView[]> {
  const byView = new Map<View, Set<CheckpointId>>();
  for (const [id, { view }] of owners) byView.set(view, (byView.get(view) ?? new Set()).add(id));
  for (const [view, ids] of byView) yield* inBatches(view.checkpoints({ ids, ...(roles && { roles }) }));
}

/** Candidates that fit a filter, by batches; `looked` counts all that were read. */
async function* readCandidates(
  repo: Repository,
  owners: Owners,
  naming: NamingCommits,
  filter: ListFilter,
): AsyncGenerator<{ looked: number; found: Candidate[] }> {
  for await (const batch of openOwned(owners, ['metadata', 'prompts'])) {
    const metadata = batch.flatMap(({ sessions }) => sessions.map(({ files }) => fileWithRole(files, 'metadata')?.id));
    const fields = (await readSessionFields(repo, metadata)).values();
    const found = batch.flatMap(({ id, sessions }): Candidate[] => {
      const known = sessions.map(() => fields.next().value ?? undefined);
      const times = known.flatMap((session) => parseCreatedAt(session?.created_at) ?? []);
      const newest = spanOf(times.filter(({ instant }) => !isOddTime(instant))).newest ?? createdAtOfId(id);
      const commits = naming.get(id) ?? [];
      if (!isInTime(newest, filter) || !commitsFit(commits, filter) || !sessionsFit(known, filter)) return [];
      const lostOne = owners.get(id)?.lost;
      const branches = known.map((session) => session?.branch);
      return [
        {
          checkpoint: id,
          layouts: [...(owners.get(id)?.layouts ?? [])].sort(),
          newest,
          oddTime: newest === undefined ? spanOf(times).newest?.text : undefined,
          branch: branches.findLast((branch) => branch !== undefined && branch !== '') ?? null,
          agents: [...new Set(known.flatMap((session) => session?.agent ?? []))],
          sessionCount: sessions.length,
          files: [...new Set(known.flatMap((session) => session?.files_touched ?? []))],
          promptFiles: sessions.flatMap(({ files }) => fileWithRole(files, 'prompts')?.id ?? []),
          commits,
          deletion: lostOne === undefined ? null : deletionOf(lostOne),
        },
      ];
    });
    yield { looked: batch.length, found };
  }
}

/** Those with a text in the subject of a commit, or in a prompt, whatever its case. One prompt, or a piece of it, is in memory at a time. */
async function withText(repo: Repository, candidates: Candidate[], text: string | undefined): Promise<Candidate[]> {
  if (text === undefined) return candidates;
  const found = new Set(candidates.filter(({ commits }) => commits.some(({ subject }) => hasText(subject, text))));
  const prompts = candidates.flatMap((candidate) =>
    found.has(candidate) ? [] : candidate.promptFiles.map((id) => ({ id, candidate })),
  );
  let rest = { at: -1, bytes: Buffer.alloc(0) };
  await visitPrompts(repo, idsOf(prompts), (piece, at) => {
    const candidate = prompts[at]?.candidate;
    const seen = rest.at === at ? Buffer.concat([rest.bytes, piece]) : piece;
    if (candidate && hasText(seen.toString('utf8'), text)) found.add(candidate);
    // What begins here may go on in the next piece.
    rest = { at, bytes: Buffer.from(seen.subarray(-4 * text.length)) };
    return candidate !== undefined && !found.has(candidate);
  });
  return candidates.filter((candidate) => found.has(candidate));
}

function newestFirst(a: Candidate, b: Candidate): number {
  if (a.newest?.instant === b.newest?.instant) return a.checkpoint < b.checkpoint ? -1 : 1;
  if (a.newest === undefined) return 1;
  if (b.newest === undefined) return -1;
  return a.newest.instant > b.newest.instant ? -1 : 1;
}

async function withPrompts(repo: Repository, listed: readonly Candidate[]): Promise<ListedCheckpoint[]> {
  const wanted = listed.flatMap(({ promptFiles: [id] }, i) => (id === undefined ? [] : [{ i, id }]));
  const prompts = new Map<number, string>();
  await visitPrompts(repo, idsOf(wanted), (piece, at) => {
    const line = tellingLine(piece);
    if (line !== undefined) prompts.set(wanted[at]?.i ?? -1, line);
    return false;
  });
  return listed.map(({ newest, oddTime, promptFiles: _, ...listed }, i) => {
    const row = {
      ...listed,
      createdAt: newest?.text ?? oddTime ?? null,
      isOddTime: oddTime !== undefined,
      prompt: prompts.get(i) ?? null,
    };
    return { ...row, label: checkpointLabel(row) };
  });
}
