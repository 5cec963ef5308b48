import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAt, parseCreatedAt } from '../checkpoint/created-at.ts';
import { isSessionFolderName, METADATA_FILE, PROMPT_FILE } from '../checkpoint/files.ts';
import type { Instant } from '../checkpoint/instant.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode } from '../git/tree.ts';
import type { Layout } from '../layout/ref-names.ts';
import { findFile } from '../layout/survey-folders.ts';
import { type OpenLayout, openLayouts } from './layouts.ts';
import { firstPromptLine } from './prompt-line.ts';
import { readSessionFields } from './session-fields.ts';

/** One line of `ckpt list`. What no session says is `null`. */
export interface ListedCheckpoint {
  readonly id: CheckpointId;
  /** The layouts that have it. */
  readonly layouts: readonly Layout[];
  /** The newest `created_at` of its sessions, as it was written. */
  readonly createdAt: string | null;
  readonly branch: string | null;
  /** Of its sessions, each once. */
  readonly agents: readonly string[];
  readonly sessions: number;
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
  readonly layout?: Layout | undefined;
  /** At most so many. */
  readonly limit?: number | undefined;
  /** Only checkpoints with a session that is as new as this. */
  readonly since?: Instant | undefined;
  readonly onEvent?: ProgressListener;
}

/** Checkpoints whose metadata is asked for in one go; bounds what is held in memory. */
const BATCH = 500;

/** Where a checkpoint lies: its folder in the layout that is read first, and all layouts that have it. */
export interface CheckpointOwner {
  readonly folder: ObjectId;
  readonly layouts: readonly Layout[];
}

/** What is known of a checkpoint before its prompts are looked at. */
interface Candidate extends Omit<ListedCheckpoint, 'prompt' | 'createdAt'> {
  readonly newest: CreatedAt | undefined;
  /** The `prompt.txt` of the first session that has one. */
  readonly promptFile: ObjectId | undefined;
}

/**
 * Lists checkpoints, newest first, from one layout or from both: what both have is read in the one that `openLayouts` puts
 * first. Reads session metadata, and the prompts of those that are listed; never a transcript.
 */
export async function listCheckpoints(repo: Repository, options: ListOptions): Promise<CheckpointList> {
  const all = [...(await findOwners(await openLayouts(repo, options.layout)))];
  const candidates: Candidate[] = [];
  const { since, onEvent } = options;
  const total = all.length;
  onEvent?.({ kind: 'phase', phase: 'read checkpoints', total });
  for (let at = 0; at < total; at += BATCH) {
    for (const candidate of await readCandidates(repo, all.slice(at, at + BATCH))) candidates.push(candidate);
    onEvent?.({ kind: 'progress', phase: 'read checkpoints', done: candidates.length, total });
  }
  const matching = since === undefined ? candidates : candidates.filter(({ newest }) => isSince(newest, since));
  const listed = matching.sort(newestFirst).slice(0, options.limit ?? matching.length);
  return { total, matching: matching.length, checkpoints: await withPrompts(repo, listed) };
}

/** All checkpoints of some layouts. Reads the trees above them alone, however large they are. */
export async function findOwners(layouts: readonly OpenLayout[]): Promise<Map<CheckpointId, CheckpointOwner>> {
  const owners = new Map<CheckpointId, CheckpointOwner>();
  for (const { layout, folders } of layouts) {
    for (const [id, folder] of await folders.folders()) {
      const known = owners.get(id);
      owners.set(id, { folder: known?.folder ?? folder, layouts: [...(known?.layouts ?? []), layout] });
    }
  }
  return owners;
}

/** What a list shows of these checkpoints, in their order. */
export async function readListed(
  repo: Repository,
  batch: ReadonlyArray<readonly [CheckpointId, CheckpointOwner]>,
): Promise<ListedCheckpoint[]> {
  return withPrompts(repo, await readCandidates(repo, batch));
}

async function readCandidates(
  repo: Repository,
  batch: ReadonlyArray<readonly [CheckpointId, CheckpointOwner]>,
): Promise<Candidate[]> {
  const folders = await readTrees(
    repo,
    batch.map(([, { folder }]) => folder),
  );
  const sessions = folders.map((entries) => {
    const own = entries.filter((entry) => isTreeMode(entry.mode) && isSessionFolderName(entry.name));
    return own.sort((a, b) => Number(a.name) - Number(b.name));
  });
  const trees = (
    await readTrees(
      repo,
      sessions.flat().map(({ id }) => id),
    )
  ).values();
  const entries = sessions.map((own) => own.map(() => trees.next().value ?? []));
  const metadata = entries.flat().map((files) => findFile(files, METADATA_FILE)?.id);
  const fields = (await readSessionFields(repo, metadata)).values();
  return batch.map(([id, { layouts }], i) => {
    const own = entries[i] ?? [];
    const known = own.map(() => fields.next().value);
    const times = known.flatMap((session) => parseCreatedAt(session?.created_at) ?? []);
    return {
      id,
      layouts: [...layouts].sort(),
      newest: times.reduce<CreatedAt | undefined>(
        (a, b) => (a === undefined || b.instant > a.instant ? b : a),
        undefined,
      ),
      branch:
        known.map((session) => session?.branch).findLast((branch) => branch !== undefined && branch !== '') ?? null,
      agents: [...new Set(known.flatMap((session) => session?.agent ?? []))],
      sessions: own.length,
      promptFile: own.flatMap((files) => findFile(files, PROMPT_FILE)?.id ?? [])[0],
    };
  });
}

function isSince(newest: CreatedAt | undefined, since: Instant): boolean {
  return newest !== undefined && newest.instant >= since;
}

function newestFirst(a: Candidate, b: Candidate): number {
  if (a.newest?.instant === b.newest?.instant) return a.id < b.id ? -1 : 1;
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
  return listed.map(({ id, layouts, newest, branch, agents, sessions }, i) => {
    return { id, layouts, createdAt: newest?.text ?? null, branch, agents, sessions, prompt: prompts.get(i) ?? null };
  });
}
