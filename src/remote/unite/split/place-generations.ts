import { appendTo } from '../../../checkpoint/append-to.ts';
import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import { greatest } from '../../../checkpoint/greatest.ts';
import { assign, pick } from '../../../generations/assign.ts';
import { type GenerationContent, generationSpan } from '../../../generations/generation.ts';
import { GenerationState } from '../../../generations/generation-state.ts';
import { touchedNumbers } from '../../../generations/manifest-entry.ts';
import { entryOfArchive, type GenerationChange } from '../../../generations/manifest-update.ts';
import { materialize, type WantedArchive, type WantedCurrent } from '../../../generations/materialize.ts';
import type { GenerationSize } from '../../../generations/size.ts';
import { orderByTime, readTimesOnMain } from '../../../generations/times.ts';
import { type UnitedGenerations, uniteGenerations } from '../../../generations/unite-assign.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import type { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { RefUpdate, Repository } from '../../../git/repository.ts';
import type { ArchiveRef, LayoutRefs } from '../../../layout/layout-refs.ts';
import { CURRENT_REF, generationRef } from '../../../layout/ref-names.ts';
import { partingOf } from '../common-ancestor.ts';
import { committerTime, inOrder, mergeOf } from '../merge-histories.ts';
import type { OrderedSides } from './order-sides.ts';
import type { SplitSide } from './split-side.ts';
import type { UnitedContent } from './unite-content.ts';
import { manifestNotes, prunedOf, settledOf, uniteManifests, withoutPassing } from './unite-manifests.ts';

/** What generations are made of two V2s from. */
export interface PlacedFrom {
  readonly sides: OrderedSides;
  readonly content: UnitedContent;
  /** The refs here, which the updates move. */
  readonly ours: LayoutRefs;
  readonly size: GenerationSize;
  /** Where V1 gives V2. */
  readonly afterwards?: Afterwards;
}

interface Afterwards {
  /** The last archive that V1 does not give. */
  readonly last: number;
  /** The archives of a side that it does not give. */
  readonly touched: (side: SplitSide) => ReadonlySet<number>;
  /** The order in which what comes after the last one arrived. */
  readonly inOrder: (checkpoints: readonly CheckpointId[]) => Promise<readonly CheckpointId[]>;
}

/**
 * Makes the generations of two V2s: archives that are in the result as one of both has them stay the commits that they are. Returns
 * the moves of the refs here, without those of refs that stay where they are.
 */
export async function placeGenerations(
  repo: Repository,
  objects: ObjectOverlay,
  from: PlacedFrom,
): Promise<readonly RefUpdate[]> {
  const { sides, content, ours, size, afterwards } = from;
  const { first, second } = sides;
  const settled = settledOf(sides, afterwards?.touched);
  const preferFirst = await firstPreferred(repo, sides, settled, afterwards !== undefined);
  const pruned = prunedOf(sides);
  const isHeld = heldIn(sides, content, pruned);
  const united = uniteGenerations({
    first: first.held,
    second: second.held,
    isFirstPreferred: (number) => preferFirst.has(number),
    settled: new Set([...settled.keys(), ...(afterwards === undefined ? [] : inBoth(sides))]),
    pruned,
    isHeld,
    max: size.maxCheckpoints,
    next: await nextNumber(first, second),
    inOrder: await orderOf(repo, content, sides),
  });
  const assigned =
    afterwards === undefined ? { ...united, last: 0 } : await assignedAfter(united, { ...from, afterwards }, isHeld);
  const { reused, origins, made } = archivesOf(sides, content, assigned.archives, preferFirst);
  const both = await uniteManifests(sides, pruned, origins);
  const theirs = first.refs === ours ? second : first;
  const last = greatest(assigned.archives.keys(), assigned.last);
  const manifest = afterwards === undefined ? both : withoutPassing(both, theirs, last);
  const refs = { ...ours, main: content.main, archives: reused };
  const state = new GenerationState(repo, refs, { manifest });
  const held = new Set([...origins.keys(), ...made.map(({ number }) => number)]);
  const numbers = new Set([...assigned.archives.keys(), ...(afterwards === undefined ? [] : manifest.files.keys())]);
  const emptied = [...numbers].filter((number) => !held.has(number) && !pruned.has(number));
  const spanOf = async (ids: readonly CheckpointId[]) =>
    generationSpan(ids, await readTimesOnMain(repo, content.main, ids));
  const wanted = pick(content.full, assigned.current);
  const current =
    afterwards === undefined
      ? await currentOf(repo, objects, sides, wanted, assigned.rotated)
      : { wanted: { checkpoints: wanted }, reused: undefined };
  const { updates } = await materialize(
    { repo, sink: objects, state, main: content.main, sizeRecord: size.sizeRecord, spanOf },
    {
      archives: made,
      current: current.wanted,
      changes: [
        ...(await entriesOf(repo, state, reused)),
        ...emptied.map((number): GenerationChange => ({ kind: 'emptied', number })),
        ...manifestNotes(sides, manifest, pruned),
      ],
    },
  );
  return [...movesOf(ours, reused, held, current.reused), ...updates].filter((update) => update.old !== update.new);
}

/** The moves by which the refs here become the commits that both sides' refs are; archives that are not `held` go. */
function movesOf(
  ours: LayoutRefs,
  reused: readonly ArchiveRef[],
  held: ReadonlySet<number>,
  current: ObjectId | undefined,
): RefUpdate[] {
  const gone = ours.archives.filter(({ number }) => !held.has(number));
  return [
    ...reused.map(({ name, id }) => ({ ref: name, old: ours.v2.get(name) ?? null, new: id })),
    ...gone.map(({ name, id }) => ({ ref: name, old: id, new: null })),
    ...(current === undefined ? [] : [{ ref: CURRENT_REF, old: ours.current ?? null, new: current }]),
  ];
}

/**
 * What was in archives after one (`last`) that neither has any more, though no manifest says that they were pruned: somebody deleted their
 * refs. V1 gives them again; without them those that follow would get other numbers.
 */
function lostAfter({ first, second }: OrderedSides, last: number): CheckpointId[] {
  const lost = [first, second].flatMap(({ entries }) =>
    [...entries].flatMap(([number, { isPruned, checkpoints }]) => {
      const isThere = number <= last || first.archives.has(number) || second.archives.has(number);
      return isThere || isPruned ? [] : checkpoints;
    }),
  );
  return [...new Set(lost)];
}

/**
 * As the generations were united up to the last archive that V1 does not give; what comes after it is assigned in the order of its arrival.
 * One that became empty or full in the union is not such an archive any more: others don't know that it was.
 */
async function assignedAfter(
  { archives, current }: UnitedGenerations,
  { sides, size, afterwards }: PlacedFrom & { readonly afterwards: Afterwards },
  isHeld: (id: CheckpointId) => boolean,
): Promise<UnitedGenerations & { readonly last: number }> {
  const { maxCheckpoints: max } = size;
  const marked = [sides.first, sides.second].flatMap(({ entries }) => [...touchedNumbers(entries, undefined)]);
  const isShort = (number: number, length: number) => number <= afterwards.last && length > 0 && length !== max;
  const short = [...archives].filter(([number, { length }]) => isShort(number, length));
  const last = greatest([...marked, ...short.map(([number]) => number)], 0);
  const kept = [...archives].filter(([number]) => number <= last);
  const later = [...archives].filter(([number]) => number > last).flatMap(([, ids]) => ids);
  const known = new Set([...archives.values(), current].flat());
  const lost = lostAfter(sides, last).filter((id) => isHeld(id) && !known.has(id));
  const arrivals = await afterwards.inOrder([...later, ...current, ...lost]);
  const made = assign({ arrivals, max, next: last + 1 });
  return { archives: new Map([...kept, ...made.archives]), current: made.current, rotated: new Set(), last };
}

interface PlacedArchives {
  /** Archives that stay the commits that they are, and whose they are. */
  readonly reused: readonly ArchiveRef[];
  readonly origins: ReadonlyMap<number, SplitSide>;
  readonly made: readonly WantedArchive[];
}

function archivesOf(
  sides: OrderedSides,
  { full }: UnitedContent,
  assigned: ReadonlyMap<number, readonly CheckpointId[]>,
  preferFirst: ReadonlySet<number>,
): PlacedArchives {
  const { first, second } = sides;
  const sideAt = (number: number) => {
    const [one, two] = preferFirst.has(number) ? [first, second] : [second, first];
    return one.archives.has(number) ? one : two.archives.has(number) ? two : undefined;
  };
  const reused: ArchiveRef[] = [];
  const origins = new Map<number, SplitSide>();
  const made: WantedArchive[] = [];
  for (const [number, ids] of assigned) {
    const checkpoints = pick(full, ids);
    const same = [sideAt(number), first, second].find((side) => isSame(side?.archives.get(number), checkpoints));
    const commit = same?.archives.get(number)?.commit;
    if (same !== undefined && commit !== undefined) {
      origins.set(number, same);
      reused.push({ name: generationRef(number), id: commit, number });
    } else if (checkpoints.size > 0) {
      const base = sideAt(number)?.archives.get(number) ?? archiveOf(sides, ids);
      made.push({ number, checkpoints, base, keepsHistory: true });
    }
  }
  return { reused: reused.sort((a, b) => a.number - b.number), origins, made };
}

/**
 * The archives that both have. Where V1 gives V2, one of both counts as it is: what fills it up with the other one's would make it one that V1
 * seems to give, and who has still the shorter one would bring that back.
 */
function inBoth({ first, second }: OrderedSides): number[] {
  return [...first.archives.keys()].filter((number) => second.archives.has(number));
}

/**
 * Which checkpoints are to lie in a generation. One that `main` had and has no more goes with it. One that was pruned stays away, unless
 * who has it still has changed it since both were the same, or has it although it knows of each time that it was pruned.
 */
function heldIn(
  { first, second }: OrderedSides,
  { folders, full, hasChanged }: UnitedContent,
  pruned: ReadonlyMap<number, ReadonlySet<CheckpointId>>,
): (id: CheckpointId) => boolean {
  const away = new Map<CheckpointId, number[]>();
  for (const [number, ids] of pruned) for (const id of ids) appendTo(away, id, number);
  const isBack = (id: CheckpointId, numbers: readonly number[]) =>
    [first, second].some((side) => {
      const knowsAll = numbers.every((number) => side.pruned.get(number)?.has(id) === true);
      return side.full.has(id) && (knowsAll || hasChanged(side, id));
    });
  return (id) => {
    const numbers = away.get(id);
    if (!full.has(id) || (numbers !== undefined && !isBack(id, numbers))) return false;
    return folders.has(id) || (!first.folders.has(id) && !second.folders.has(id));
  };
}

/**
 * The numbers that the first one's archive keeps: of one that was brought back, where its manifest says so; else the one that was made first
 * does. Where V1 does not give V2, the one that is ahead knows better.
 */
async function firstPreferred(
  repo: Repository,
  { first, second, kind }: OrderedSides,
  settled: ReadonlyMap<number, boolean>,
  isProjected: boolean,
): Promise<Set<number>> {
  const numbers = new Set([...settled].flatMap(([number, isFirst]) => (isFirst ? number : [])));
  if (kind === 'ahead' && !isProjected) return numbers;
  for (const [number, { commit, tree }] of first.archives) {
    const other = second.archives.get(number);
    if (other === undefined || settled.has(number)) continue;
    const [a, b] = [await committerTime(repo, commit), await committerTime(repo, other.commit)];
    if (a < b || (a === b && tree < other.tree)) numbers.add(number);
  }
  return numbers;
}

async function nextNumber(first: SplitSide, second: SplitSide): Promise<number> {
  return Math.max(await first.state.nextNumber(), await second.state.nextNumber());
}

/** The order by time of those checkpoints that may have to be assigned. */
async function orderOf(repo: Repository, { main }: UnitedContent, { first, second }: OrderedSides) {
  const ids = new Set([...first.held.current, ...second.held.current]);
  for (const side of [first, second]) {
    const other = side === first ? second : first;
    for (const [number, held] of side.held.archives) {
      if (other.held.archives.has(number) || other.pruned.has(number)) for (const id of held) ids.add(id);
    }
  }
  const times = await readTimesOnMain(repo, main, ids);
  return (some: readonly CheckpointId[]) => orderByTime(some, times);
}

function isSame(content: GenerationContent | undefined, checkpoints: ReadonlyMap<CheckpointId, ObjectId>): boolean {
  if (content?.checkpoints.size !== checkpoints.size) return false;
  return [...checkpoints].every(([id, folder]) => content.checkpoints.get(id) === folder);
}

/** The archive that holds just these checkpoints, under whatever number. */
function archiveOf({ first, second }: OrderedSides, ids: readonly CheckpointId[]): GenerationContent | undefined {
  const all = [...first.archives.values(), ...second.archives.values()];
  return all.find(({ checkpoints }) => checkpoints.size === ids.length && ids.every((id) => checkpoints.has(id)));
}

/** What the manifest says of archives that stay: its entry, or a new one where the archive is another by now. */
async function entriesOf(
  repo: Repository,
  state: GenerationState,
  archives: readonly ArchiveRef[],
): Promise<GenerationChange[]> {
  const known = await state.entries();
  const changes: GenerationChange[] = [];
  for (const archive of archives) {
    const { number, id } = archive;
    const { tree } = await state.archive(archive);
    const told = known.get(number);
    const entry = told?.tree === tree ? told : await entryOfArchive(repo, id, state.refs.main);
    if (entry !== undefined) changes.push({ ...entry, kind: 'archived', number });
  }
  return changes;
}

/**
 * `full/current`: the commit of one of both where it holds just that; else a merge, so that what either had stays in its history; else,
 * where a generation was archived since, one commit that follows from what it holds.
 */
async function currentOf(
  repo: Repository,
  objects: ObjectOverlay,
  { first, second, kind }: OrderedSides,
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
  rotated: ReadonlySet<number>,
): Promise<{ readonly wanted?: WantedCurrent; readonly reused?: ObjectId }> {
  const [one, two] = [first.current, second.current];
  if (one === undefined && two === undefined && checkpoints.size === 0) return {};
  const same = [two, one].flatMap((content) =>
    content !== undefined && isSame(content, checkpoints) ? content.commit : [],
  );
  const [a, b] = same;
  if (a !== undefined && b === undefined) return { reused: a };
  if (a !== undefined && b !== undefined) {
    if (await repo.isAncestor(a, b)) return { reused: b };
    const isFirst = kind === 'ahead' || a < b || (await repo.isAncestor(b, a));
    return { reused: isFirst ? a : b };
  }
  const base = one ?? two;
  if (rotated.size === 0 && one !== undefined && two !== undefined) {
    if ((await partingOf(repo, one.commit, two.commit)).bases.length > 0) {
      const [earlier, later] = await inOrder(repo, one.commit, two.commit);
      return { wanted: { checkpoints, base, onTop: await mergeOf(repo, objects, earlier, later) } };
    }
  }
  return { wanted: { checkpoints, base } };
}
