import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAt, createdAtOfId, parseCreatedAt, spanOf } from '../checkpoint/created-at.ts';
import type { Instant } from '../checkpoint/instant.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { inBatches } from '../git/batches.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { CheckpointView, LayoutName, Scope, View } from '../layout/layout.ts';
import { fileOf } from './checkpoint-content.ts';
import { firstPromptLine } from './prompt-line.ts';
import { readSessionFields } from './session-fields.ts';
import { viewsToRead } from './views-to-read.ts';

/** One line of `ckpt list`. What no session says is `null`. */
export interface ListedCheckpoint {
  readonly checkpoint: CheckpointId;
  /** The layouts that have it. */
  readonly layouts: readonly LayoutName[];
  /** The newest `created_at` of its sessions, as it was written; the time in its ID where no session says one. */
  readonly createdAt: string | null;
  readonly branch: string | null;
  /** Of its sessions, each once. */
  readonly agents: readonly string[];
  readonly sessionCount: number;
  /** The first line, of at most 200 characters, of the prompts of the first session that has some. */
  readonly prompt: string | null;
}

/** What `ckpt list` prints. */
export interface CheckpointList {
  /** All checkpoints that there are, and those of them that `since` leaves. */
  readonly total: number;
  readonly matching: number;
  /** Newest first; those whose time nobody knows last; ties by ID. */
  readonly checkpoints: readonly ListedCheckpoint[];
}

export interface ListOptions {
  readonly layout?: LayoutName | undefined;
  /** At most so many. */
  readonly limit?: number | undefined;
  /** Only checkpoints with a session that is as new as this. */
  readonly since?: Instant | undefined;
  readonly onEvent?: ProgressListener;
}

/** Where a checkpoint lies: in the layout that is read first, and all layouts that have it. */
export interface CheckpointOwner {
  readonly view: View;
  readonly layouts: readonly LayoutName[];
}

/** The owners of checkpoints. */
export type Owners = ReadonlyMap<CheckpointId, CheckpointOwner>;

/** What is known of a checkpoint before its prompts are looked at. */
interface Candidate extends Omit<ListedCheckpoint, 'prompt' | 'createdAt'> {
  readonly newest: CreatedAt | undefined;
  /** The `prompt.txt` of the first session that has one. */
  readonly promptFile: ObjectId | undefined;
}

/**
 * Lists checkpoints, newest first, from one layout or from all: what several have is read in the one that `viewsToRead` puts
 * first. Reads session metadata, and the prompts of those that are listed; never a transcript.
 */
export async function listCheckpoints(repo: Repository, options: ListOptions): Promise<CheckpointList> {
  const owners = await findOwners(await viewsToRead(repo, options.layout));
  const candidates: Candidate[] = [];
  const { since, onEvent } = options;
  const total = owners.size;
  onEvent?.({ kind: 'phase', phase: 'read checkpoints', total });
  for await (const batch of readCandidates(repo, owners)) {
    for (const candidate of batch) candidates.push(candidate);
    onEvent?.({ kind: 'progress', phase: 'read checkpoints', done: candidates.length, total });
  }
  const matching = since === undefined ? candidates : candidates.filter(({ newest }) => isSince(newest, since));
  const listed = matching.sort(newestFirst).slice(0, options.limit ?? matching.length);
  return { total, matching: matching.length, checkpoints: await withPrompts(repo, listed) };
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

/** What a list shows of these checkpoints, in their order. */
export async function readListed(repo: Repository, owners: Owners): Promise<ListedCheckpoint[]> {
  const listed = new Map<CheckpointId, ListedCheckpoint>();
  for await (const batch of readCandidates(repo, owners)) {
    for (const one of await withPrompts(repo, batch)) listed.set(one.checkpoint, one);
  }
  return [...owners.keys()].flatMap((id) => listed.get(id) ?? []);
}

/** Looks into checkpoints, each in the layout that it is read in, for files of these roles: in batches, one layout after the other. */
export async function* openOwned(owners: Owners, roles: Scope['roles']): AsyncGenerator<readonly CheckpointView[]> {
  const byView = new Map<View, Set<CheckpointId>>();
  for (const [id, { view }] of owners) byView.set(view, (byView.get(view) ?? new Set()).add(id));
  for (const [view, ids] of byView) yield* inBatches(view.checkpoints({ ids, ...(roles && { roles }) }));
}

async function* readCandidates(repo: Repository, owners: Owners): AsyncGenerator<Candidate[]> {
  for await (const batch of openOwned(owners, ['metadata', 'prompts'])) {
    const metadata = batch.flatMap(({ sessions }) => sessions.map(({ files }) => fileOf(files, 'metadata')?.id));
    const fields = (await readSessionFields(repo, metadata)).values();
    yield batch.map(({ id, sessions }): Candidate => {
      const known = sessions.map(() => fields.next().value);
      const times = known.flatMap((session) => parseCreatedAt(session?.created_at) ?? []);
      return {
        checkpoint: id,
        layouts: [...(owners.get(id)?.layouts ?? [])].sort(),
        newest: spanOf(times).newest ?? createdAtOfId(id),
        branch:
          known.map((session) => session?.branch).findLast((branch) => branch !== undefined && branch !== '') ?? null,
        agents: [...new Set(known.flatMap((session) => session?.agent ?? []))],
        sessionCount: sessions.length,
        promptFile: sessions.flatMap(({ files }) => fileOf(files, 'prompts')?.id ?? [])[0],
      };
    });
  }
}

function isSince(newest: CreatedAt | undefined, since: Instant): boolean {
  return newest !== undefined && newest.instant >= since;
}

function newestFirst(a: Candidate, b: Candidate): number {
  if (a.newest?.instant === b.newest?.instant) return a.checkpoint < b.checkpoint ? -1 : 1;
  if (a.newest === undefined) return 1;
  if (b.newest === undefined) return -1;
  return a.newest.instant > b.newest.instant ? -1 : 1;
}

async function withPrompts(repo: Repository, listed: readonly Candidate[]): Promise<ListedCheckpoint[]> {
  const wanted = listed.flatMap(({ promptFile: id }, i) => (id === undefined ? [] : [{ i, id }]));
  const prompts = new Map<number, string>();
  await repo.visitObjects(
    wanted.map(({ id }) => id),
    (object, at) => {
      const index = wanted[at]?.i ?? -1;
      const line = object && firstPromptLine(object.content);
      if (line !== undefined) prompts.set(index, line);
    },
  );
  return listed.map(({ newest, promptFile: _, ...listed }, i) => {
    return { ...listed, createdAt: newest?.text ?? null, prompt: prompts.get(i) ?? null };
  });
}
