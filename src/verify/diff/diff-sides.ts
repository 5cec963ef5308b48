import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { refsSummary } from '../../checkpoint/refs-summary.ts';
import type { CheckpointSides } from '../../compare/checkpoint-sides.ts';
import { type FactsOfSides, readFacts } from '../../compare/differing-checkpoints.ts';
import { comparableSummary, type SplitCheckpoint, type SummaryForm, splitViews } from '../../compare/split-views.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import { foldersIn } from '../../layout/checkpoint-walk.ts';
import type { CheckpointView, View } from '../../layout/layout.ts';
import { type LayoutRefs, layoutRefsAmong } from '../../layout/layout-refs.ts';
import { isMadeOf, layoutOf } from '../../layout/layouts.ts';
import { CURRENT_REF, MAIN_REF } from '../../layout/ref-names.ts';
import { Projection } from '../../project/projection.ts';
import { PastOfCurrent } from '../past-of-current.ts';
import { readGenerations } from '../read-generations.ts';
import type { CheckpointFile, FolderOnRef, OfBoth } from './differing-files.ts';

/** One checkpoint in two layouts, ready to be compared file by file. */
export interface DiffSides {
  readonly sides: CheckpointSides;
  /** What the sessions are known by. */
  readonly facts: FactsOfSides;
  /** Its folders in the source and in the target; none where a layout lacks it. */
  readonly folders: ReadonlyArray<OfBoth<FolderOnRef | undefined>>;
  /** All that each has, where not every file of it lies on the ref of its folder. */
  readonly views?: OfBoth<CheckpointView | undefined>;
}

/** What is compared. */
export interface DiffViews {
  readonly repo: Repository;
  /** Takes what is made to compare. */
  readonly objects: ObjectOverlay;
  readonly source: View;
  readonly target: View;
}

/** Reads a checkpoint in both layouts: of V1 and V2 what V1's projection gives V2, of any others what both hold, in one form. */
export async function readSides(views: DiffViews, id: CheckpointId): Promise<DiffSides> {
  const { source, target } = views;
  return isMadeOf({ from: source.layout, to: target.layout }) ? branchAndSplit(views, id) : anyTwo(views, id);
}

/** What V1's projection gives V2, and what V2 has: transcripts are looked for as a reader does. */
async function branchAndSplit({ repo, objects, source, target }: DiffViews, id: CheckpointId): Promise<DiffSides> {
  const refs = layoutRefsAmong([...source.refs, ...target.refs]);
  const sides = await projectedSides(repo, objects, refs, source, id);
  const facts = (await readFacts(repo, [sides]))(id);
  return { sides, facts, folders: foldersOf(sides, source.where, MAIN_REF) };
}

async function projectedSides(
  repo: Repository,
  objects: ObjectOverlay,
  refs: LayoutRefs,
  source: View,
  id: CheckpointId,
): Promise<CheckpointSides> {
  const tree = (await source.folders({ ids: new Set([id]) })).get(id);
  const main = refs.main && (await foldersIn(repo, refs.main, [id])).get(id);
  const folders = new Map(tree === undefined ? [] : [[id, tree]]);
  const projection = new Projection(repo, objects);
  const projected = await projection.projectCheckpoints(folders);
  const full = projection.fullTrees.store(objects, projected).get(id) ?? null;
  const { generations } = await readGenerations(repo, refs);
  const holder = generations.find(({ checkpoints }) => checkpoints.has(id));
  const folder = holder?.checkpoints.get(id) ?? (await new PastOfCurrent(repo, refs).folderOf(id));
  const holders = folder === null ? [] : [{ ref: holder?.ref ?? CURRENT_REF, folder }];
  const expected = { main: projected.get(id)?.main ?? null, full };
  return { id, tree, expected, base: undefined, main, holders };
}

/**
 * What both have, each in the two folders that V2 would have of it. Summaries are brought into what both layouts can say: without raw
 * transcripts where one is V2, with sorted members where one is git-refs.
 */
async function anyTwo({ repo, objects, source, target }: DiffViews, id: CheckpointId): Promise<DiffSides> {
  const layouts = [source.layout, target.layout];
  const whole: SummaryForm = (summary, of) => refsSummary(summary, of).content;
  const form = layouts.some((name) => layoutOf(name).hasGenerations) ? comparableSummary(layouts) : whole;
  const read = async (view: View): Promise<SplitCheckpoint | undefined> => {
    for await (const checkpoint of view.checkpoints({ ids: new Set([id]) })) {
      return (await splitViews(repo, objects, view.layout, [checkpoint], form))[0];
    }
    return undefined;
  };
  const [ours, theirs] = [await read(source), await read(target)];
  const holders = theirs?.full ? [{ ref: theirs.view.at.name, folder: theirs.full }] : [];
  const expected = { main: ours?.main ?? null, full: ours?.full ?? null };
  const sides = { id, tree: ours?.view.tree, expected, base: undefined, main: theirs?.main, holders };
  return {
    sides,
    facts: [ours?.facts, theirs?.facts],
    folders: foldersOf(sides, source.where, target.where),
    views: [ours?.view, theirs?.view],
  };
}

/** Files with the refs that have them: a view says it of each, also of one in a generation. */
export function onTheirRefs(files: CheckpointFile[], view: CheckpointView | undefined): CheckpointFile[] {
  if (view === undefined || files.length === 0) return files;
  const refs = new Map<string, RefName | undefined>();
  for (const { path } of files) for (const one of withFolders(path)) refs.set(one, undefined);
  for (const { path, ref } of view.files) if (refs.has(path)) refs.set(path, refs.get(path) ?? ref);
  return files.map((file) => {
    const ref = withFolders(file.path)
      .map((path) => refs.get(path))
      .find((one) => one !== undefined);
    return { ...file, ref: ref ?? view.at.name };
  });
}

/** A path, and the folders that it lies in, the innermost first: a view lists what is deeper than a session as folders. */
function withFolders(path: string): string[] {
  const paths: string[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) paths.push(path.slice(0, end));
  return paths;
}

function foldersOf(
  { expected, main, holders }: CheckpointSides,
  source: RefName,
  target: RefName,
): Array<OfBoth<FolderOnRef | undefined>> {
  const on = (ref: RefName, tree: ObjectId | null | undefined) => (tree ? { ref, tree } : undefined);
  const [holder] = holders;
  return [
    [on(source, expected.main), on(target, main)],
    [on(source, expected.full), holder && on(holder.ref, holder.folder)],
  ];
}
