import { appendTo } from '../../../checkpoint/append-to.ts';
import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import type { GenerationContent } from '../../../generations/generation.ts';
import { GenerationState } from '../../../generations/generation-state.ts';
import { countHolders, isGoneArchive, mayBeGone } from '../../../generations/gone-archives.ts';
import type { ManifestEntry } from '../../../generations/manifest-entry.ts';
import type { HeldBySide } from '../../../generations/unite-assign.ts';
import type { ObjectId, RefName } from '../../../git/object-id.ts';
import type { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { Ref, Repository } from '../../../git/repository.ts';
import type { TreeEntry } from '../../../git/tree.ts';
import { allFolders } from '../../../layout/checkpoint-walk.ts';
import { type LayoutRefs, layoutRefsAmong } from '../../../layout/layout-refs.ts';

/** One of two V2s that are to become one: where its refs are, and what they hold. */
export interface SplitSide {
  readonly refs: LayoutRefs;
  readonly state: GenerationState;
  readonly main: ObjectId;
  /** The folders on `main`. */
  readonly folders: ReadonlyMap<CheckpointId, ObjectId>;
  /** What generations hold of each checkpoint, as one folder: of what several have, what a reader finds first. */
  readonly full: ReadonlyMap<CheckpointId, ObjectId>;
  readonly current: GenerationContent | undefined;
  readonly archives: ReadonlyMap<number, GenerationContent>;
  /** Which generation holds what; `full/current` with what its history alone has, as after a write in `replace` mode. */
  readonly held: HeldBySide;
  /** The manifest's entries. */
  readonly entries: ReadonlyMap<number, ManifestEntry>;
  /** What was in the generations that were pruned, by their numbers. */
  readonly pruned: ReadonlyMap<number, ReadonlySet<CheckpointId>>;
}

/** Reads a V2 by its refs, under the names that they have where it is; `undefined` where there is no `main`. */
export async function readSide(
  repo: Repository,
  objects: ObjectOverlay,
  all: readonly Ref[],
): Promise<SplitSide | undefined> {
  const refs = await withoutGone(repo, all);
  const { main } = refs;
  if (main === undefined) return undefined;
  const state = new GenerationState(repo, refs);
  const archives = new Map<number, GenerationContent>();
  for (const archive of refs.archives) archives.set(archive.number, await state.archive(archive));
  const current = await state.current();
  const folders = await allFolders(repo, main);
  const entries = await state.entries();
  const pruned = new Map(
    [...entries].flatMap(([number, { isPruned, checkpoints }]) =>
      isPruned && !archives.has(number) ? [[number, new Set(checkpoints)] as const] : [],
    ),
  );
  const versions = await versionsOf(state, folders, archives);
  const full = await foldAll(objects, [...archives.values()], versions, current);
  const held: HeldBySide = {
    archives: new Map([...archives].map(([number, { checkpoints }]) => [number, new Set(checkpoints.keys())])),
    current: new Set([...versions.keys(), ...(current?.checkpoints.keys() ?? [])]),
  };
  return { refs, state, main, folders, full, current, archives, held, entries, pruned };
}

/** The refs without archives that are none any more: a remote has them until somebody deletes them there. */
export async function withoutGone(repo: Repository, all: readonly Ref[]): Promise<LayoutRefs> {
  const state = new GenerationState(repo, layoutRefsAmong(all));
  const entries = await state.entries();
  const { archives } = state.refs;
  if (!archives.some(({ number }) => mayBeGone(entries.get(number)))) return state.refs;
  const contents = await Promise.all(archives.map((archive) => state.archive(archive)));
  const current = await state.current();
  const generations = [...contents, ...(current === undefined ? [] : [current])];
  const holders = countHolders(generations.map(({ checkpoints }) => checkpoints.keys()));
  const left = new Set<RefName>();
  archives.forEach(({ number, name }, i) => {
    const checkpoints = contents[i]?.checkpoints.keys() ?? [];
    if (isGoneArchive({ number, checkpoints }, { entries, holders }, true)) left.add(name);
  });
  return layoutRefsAmong(all.filter(({ name }) => !left.has(name)));
}

/** The folders in the history of `full/current` of what belongs to it: what it shows, and what is nowhere else. */
async function versionsOf(
  state: GenerationState,
  folders: ReadonlyMap<CheckpointId, ObjectId>,
  archives: ReadonlyMap<number, GenerationContent>,
): Promise<ReadonlyMap<CheckpointId, readonly ObjectId[]>> {
  if ((await state.readableHistory()) === undefined) return new Map();
  const shown = (await state.current())?.checkpoints;
  const everArchived = await state.everArchived();
  const isElsewhere = (id: CheckpointId) =>
    !folders.has(id) || everArchived.has(id) || [...archives.values()].some(({ checkpoints }) => checkpoints.has(id));
  return new Map([...(await state.versions())].filter(([id]) => shown?.has(id) === true || !isElsewhere(id)));
}

/** One folder of each checkpoint: session by session of archives, from the oldest on, then of `full/current` and its past. */
async function foldAll(
  objects: ObjectOverlay,
  archives: readonly GenerationContent[],
  versions: ReadonlyMap<CheckpointId, readonly ObjectId[]>,
  current: GenerationContent | undefined,
): Promise<ReadonlyMap<CheckpointId, ObjectId>> {
  const all = new Map<CheckpointId, ObjectId[]>();
  const add = (id: CheckpointId, folder: ObjectId) => appendTo(all, id, folder);
  for (const { checkpoints } of archives) for (const [id, folder] of checkpoints) add(id, folder);
  for (const [id, folders] of versions) for (const folder of folders) add(id, folder);
  for (const [id, folder] of current?.checkpoints ?? []) add(id, folder);
  const full = new Map<CheckpointId, ObjectId>();
  for (const [id, folders] of all) full.set(id, await foldFolders(objects, folders));
  return full;
}

/** One folder of several, from the oldest to the newest: of what is in several the newest counts. */
async function foldFolders(objects: ObjectOverlay, folders: readonly ObjectId[]): Promise<ObjectId> {
  const newest = folders.at(-1) as ObjectId;
  if (folders.every((folder) => folder === newest)) return newest;
  await objects.load(folders);
  const entries = new Map<string, TreeEntry>();
  for (const folder of folders) for (const entry of await objects.tree(folder)) entries.set(entry.name, entry);
  return objects.changeTree(newest, entries.values());
}
