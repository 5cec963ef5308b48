import { appendTo } from '../../checkpoint/append-to.ts';
import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { batches } from '../../git/batches.ts';
import { serializeCommit } from '../../git/commit.ts';
import { parsedCommit, treesOfCommits } from '../../git/commit-trees.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { ObjectSink, Ref, Repository } from '../../git/repository.ts';
import { allFolders, foldersIn } from '../../layout/checkpoint-walk.ts';
import type { FolderPlace } from '../../layout/folder-files.ts';
import { type HeldAlone, heldAlone } from '../../layout/generations-alone.ts';
import type { View, ViewCommit } from '../../layout/layout.ts';
import { layoutOf } from '../../layout/layouts.ts';
import { checkpointOfRef, MAIN_REF, REST_REF } from '../../layout/ref-names.ts';
import { originOfImage, rebasedCommit } from '../commit-image.ts';
import { GrowingBranch } from './growing-branch.ts';
import { type PlainFolders, plainFolderHeldAlone } from './plain-folders.ts';
import { NO_FATES, onlySome, type SessionFates } from './session-fate.ts';
import { inOrderOfDate } from './source-history.ts';
import { type Surplus, surplusOf } from './surplus.ts';

/** What is to become V1 again, and what V1 is. */
export interface RestoreSource {
  readonly repo: Repository;
  /** Takes the objects that are made. */
  readonly objects: ObjectOverlay;
  /**
   * Takes what need not be read again: the commits, the trees of V1's root and shards at each of them, which are most of what is made since a commit
   * writes its shard whole, and the folders of checkpoints that do not differ. `objects` has root and shards of the tip as well. Default: `objects`.
   */
  readonly history?: ObjectSink | undefined;
  /** V2 or git-refs. */
  readonly view: View;
  /** V1's tip; `undefined` where there is no V1. */
  readonly v1: ObjectId | undefined;
  /** Git-refs alone: these checkpoints, and no others, may have what V1 lacks. Without it, all. */
  readonly only?: ReadonlySet<CheckpointId> | undefined;
  /** Makes all of it again, also where the V1 that the layout was projected from is in the object store: its trees may be damaged. */
  readonly isFromNothing?: boolean | undefined;
}

/** A V1 that has what another layout has. */
export interface RestoredBranch {
  /** Its tip; `undefined` where there is nothing to make one of. */
  readonly tip: ObjectId | undefined;
  /** Commits that were made, parents first; those that were taken from the object store are not among them. */
  readonly commits: readonly ObjectId[];
  /** The folders of checkpoints in these that `objects` has. */
  readonly folders: readonly ObjectId[];
  /** Checkpoints that V1 lacked. */
  readonly restored: readonly CheckpointId[];
  /** Checkpoints of which V1 lacked sessions or what these have become, with the names of the folders that these have now. */
  readonly joined: ReadonlyMap<CheckpointId, readonly string[]>;
  /** Checkpoints that both have, and not the same: of what V1 lacks of them it got what it has not otherwise. */
  readonly differing: ReadonlySet<CheckpointId>;
  /** What became of the sessions that came back, by their folders in the source. */
  readonly fates: SessionFates;
}

/**
 * Makes a V1 that has every checkpoint of another layout that it lacks, and of those that it has the sessions that it lacks: a
 * commit for each commit of the layout that has changed one of them, with its author, dates and message, in the order of commit
 * dates, on top of what V1 has; what lies outside of checkpoints comes with the last, and what V2 has in generations alone after it, by who
 * wrote the generation. Where the layout was projected from a V1 whose commits are still in the object store, that V1 is
 * what is added to: so the way there and back gives the ids of before.
 */
export async function restoreBranch(source: RestoreSource): Promise<RestoredBranch> {
  const { repo, v1, only } = source;
  if (only?.size === 0)
    return {
      tip: v1,
      commits: [],
      folders: [],
      restored: [],
      joined: new Map(),
      differing: new Set(),
      fates: NO_FATES,
    };
  const view = narrowed(source);
  const base = source.isFromNothing ? undefined : await baseOf(repo, view, v1);
  const before = await foldersOf(repo, base, only);
  let read: Promise<readonly ViewCommit[]> | undefined;
  const history = () => (read ??= collect(view.history()).then(inOrderOfDate));
  const surplus = await surplusOf({ ...source, view }, before, { pastOf: async () => pastOf(await history()) });
  const { missing, joined, followed, differing, plain, fates } = surplus;
  const alone = new Map([...(await heldAlone(repo, view))].filter(([id]) => !before.has(id)));
  const lackCount = missing.size + joined.size + followed.size;
  const isComplete = lackCount + alone.size === 0;
  /** What comes with V1's own commits, where there is no V1 any more. */
  const regained = v1 === undefined ? [...before.keys()] : [];
  const steps = lackCount === 0 ? [] : stepsOf(await history(), surplus);
  const tip = await append({ ...source, view, base, alone, differing }, steps, plain);
  if (isComplete) {
    return { ...tip, restored: regained, joined: new Map(), differing, fates: NO_FATES };
  }
  return {
    ...tip,
    restored: [...regained, ...missing.keys(), ...alone.keys()].sort(),
    joined: new Map([...joined, ...followed].map(([id, { sessions }]) => [id, sessions])),
    differing,
    fates: onlySome(
      fates.list(),
      ({ checkpoint, session }) => missing.has(checkpoint) || joined.get(checkpoint)?.from.includes(session) === true,
    ),
  };
}

/** The layout with the refs of `only` alone. What lies outside of checkpoints stays. */
function narrowed({ repo, view, only }: RestoreSource): View {
  if (only === undefined) return view;
  const refs = view.refs.filter(({ name }) => {
    const id = checkpointOfRef(name);
    return id === undefined || only.has(id);
  });
  return layoutOf(view.layout).open(repo, refs) ?? view;
}

async function foldersOf(
  repo: Repository,
  commit: ObjectId | undefined,
  only: RestoreSource['only'],
): Promise<ReadonlyMap<CheckpointId, ObjectId>> {
  if (commit === undefined) return new Map();
  if (only === undefined) return allFolders(repo, commit);
  return foldersIn(repo, commit, only);
}

/** V1's tip, or the V1 commit that the layout was projected from where that goes on from V1's tip, or there is no V1. */
async function baseOf(repo: Repository, view: View, v1: ObjectId | undefined): Promise<ObjectId | undefined> {
  const ref = view.refs.find(({ name }) => name === MAIN_REF || name === REST_REF);
  if (ref === undefined) return v1;
  const [commit] = await repo.readObjects([ref.id]);
  const origin = originOfImage(parsedCommit(ref.id, commit));
  if (origin === undefined || origin === v1) return v1;
  const [info] = await repo.objectInfo([origin]);
  if (info?.type !== 'commit') return v1;
  return v1 === undefined || (await repo.isAncestor(v1, origin)) ? origin : v1;
}

/** A commit of the source, and the checkpoints that it has written: their folders in the source, or, where V1 has them too, in V1. */
interface Step {
  readonly from: ViewCommit;
  readonly folders: ReadonlyArray<readonly [CheckpointId, ObjectId, isPlain: boolean]>;
}

/** What a layout had of each checkpoint, in the order of its commits. */
function pastOf(history: readonly ViewCommit[]): Map<CheckpointId, ObjectId[]> {
  const past = new Map<CheckpointId, ObjectId[]>();
  for (const { changes } of history) {
    for (const [id, folder] of changes) {
      const states = past.get(id) ?? [];
      if (folder !== null) states.push(folder);
      past.set(id, states);
    }
  }
  return past;
}

/**
 * What each commit has written of the missing checkpoints, and of those that V1 follows after what it has; a joined one belongs to the
 * last commit that has written it. Where branches were merged the last one to write a checkpoint need not be the one that the merge has
 * taken: the last commit of the ref gives it what the layout has.
 */
function stepsOf(history: readonly ViewCommit[], { there, missing, joined, followed }: Surplus): Step[] {
  const last = new Map<CheckpointId, number>();
  const since = new Map<CheckpointId, number>();
  const ends = new Map<RefName, number>();
  for (const [i, { refs, changes }] of history.entries()) {
    for (const ref of refs) ends.set(ref, i);
    for (const [id, folder] of changes) {
      last.set(id, i);
      if (folder !== null && folder === followed.get(id)?.since) since.set(id, i);
    }
  }
  const taken = new Map<number, Array<Step['folders'][number]>>();
  for (const id of [...missing.keys(), ...followed.keys()]) {
    const [folder, written] = [there.get(id), history[last.get(id) ?? -1]];
    if (folder === undefined || written === undefined || written.changes.get(id) === folder) continue;
    const ref = written.refs.find((name) => checkpointOfRef(name) === id) ?? written.refs[0];
    const end = ends.get(ref as RefName) as number;
    appendTo(taken, end, [id, folder, false]);
  }
  return history.flatMap((from, i) => {
    const folders = [...from.changes].flatMap(([id, folder]): Array<Step['folders'][number]> => {
      const union = joined.get(id)?.folder;
      if (union !== undefined && last.get(id) === i) return [[id, union, true]];
      const isNew = missing.has(id) || (followed.has(id) && i > (since.get(id) ?? -1));
      return folder !== null && isNew ? [[id, folder, false]] : [];
    });
    for (const each of taken.get(i) ?? []) folders.push(each);
    return folders.length === 0 ? [] : [{ from, folders }];
  });
}

async function append(
  {
    repo,
    objects,
    history = objects,
    view,
    base,
    alone,
    differing,
  }: RestoreSource & {
    readonly base: ObjectId | undefined;
    readonly alone: HeldAlone;
    readonly differing: ReadonlySet<CheckpointId>;
  },
  steps: readonly Step[],
  plain: PlainFolders,
): Promise<Pick<RestoredBranch, 'tip' | 'commits' | 'folders'>> {
  const [from = null] = await treesOfCommits(repo, base === undefined ? [] : [base]);
  const tree = await GrowingBranch.from(repo, history, from ?? undefined);
  let last = base;
  let root = from;
  const commits: ObjectId[] = [];
  const folders: ObjectId[] = [];
  let content: Buffer | undefined;
  const set = async (id: CheckpointId, folder: ObjectId) => {
    if (differing.has(id) || history === objects) folders.push(folder);
    else objects.store(folder, history);
    await tree.set(id, folder);
  };
  const commit = (step: Pick<ViewCommit, 'commit'>) => {
    const now = tree.tree();
    if (now === root) return;
    root = now;
    content = serializeCommit(rebasedCommit(step.commit, now, last === undefined ? [] : [last]));
    last = history.add('commit', content);
    commits.push(last);
  };
  const outside = await collect(view.outside());
  const lastStep = steps.at(-1);
  for (const batch of batches(steps)) {
    const made = await inBranchForm(batch, plain);
    for (const [i, step] of batch.entries()) {
      for (const [id, folder] of made[i] ?? []) await set(id, folder);
      if (step === lastStep) for (const { path, ...entry } of outside) await tree.addOutside(path, entry);
      commit(step.from);
    }
  }
  const commitAt = async (at: ObjectId) => parsedCommit(at, (await repo.readObjects([at]))[0]);
  for (const { path, ref, ...entry } of steps.length > 0 ? [] : outside) {
    if (!(await tree.addOutside(path, entry))) continue;
    commit({ commit: await commitAt(view.refs.find(({ name }) => name === ref)?.id as ObjectId) });
  }
  for (const [generation, held] of byGeneration(alone)) {
    for (const [id, places] of held) await set(id, await plainFolderHeldAlone(repo, objects, places));
    const message = `Add ${held.length === 1 ? 'a checkpoint' : 'checkpoints'} that V2 has in a generation alone\n`;
    commit({ commit: { ...(await commitAt(generation)), message } });
  }
  if (content !== undefined) {
    tree.addTo(objects);
    objects.add('commit', content);
  }
  return { tip: last, commits, folders };
}

/** The folders of each step as V1 has them. */
async function inBranchForm(steps: readonly Step[], plain: PlainFolders) {
  const folders = steps.flatMap((step) => step.folders);
  const others = folders.filter(([, , isPlain]) => !isPlain);
  const made = (await plain(others.map(([id, folder]) => [id, folder] as const))).values();
  return steps.map((step) =>
    step.folders.map(([id, folder, isPlain]) => [id, isPlain ? folder : (made.next().value as ObjectId)] as const),
  );
}

/** Checkpoints by the generation that a reader finds first, the oldest generation first. */
function byGeneration(alone: HeldAlone) {
  const held = new Map<ObjectId, Array<readonly [CheckpointId, readonly FolderPlace[]]>>();
  const generations = [...alone.values()].map(([place]) => place?.generation as Ref);
  for (const { id } of generations.sort((a, b) => (a.name < b.name ? -1 : 1))) held.set(id, []);
  for (const [id, places] of alone) held.get(places[0]?.generation.id as ObjectId)?.push([id, places]);
  return held;
}

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}
