import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { refsSummary } from '../../checkpoint/refs-summary.ts';
import type { CheckpointSides } from '../../compare/checkpoint-sides.ts';
import { type FactsOfSides, readFacts } from '../../compare/differing-checkpoints.ts';
import { comparableSummary, type SplitCheckpoint, type SummaryForm, splitViews } from '../../compare/split-views.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import { foldersIn } from '../../layout/checkpoint-walk.ts';
import type { View } from '../../layout/layout.ts';
import { type LayoutRefs, layoutRefsAmong } from '../../layout/layout-refs.ts';
import { isMadeOf, layoutOf } from '../../layout/layouts.ts';
import { V2_CURRENT_REF, V2_MAIN_REF } from '../../layout/ref-names.ts';
import { Projection } from '../../project/projection.ts';
import { PastOfCurrent } from '../past-of-current.ts';
import { readGenerations } from '../read-generations.ts';
import { type CheckpointFile, checkpointFiles, type FolderOnRef } from './checkpoint-files.ts';

/** One checkpoint in two layouts, ready to be compared file by file. */
export interface DiffSides {
  readonly sides: CheckpointSides;
  /** What the sessions are known by. */
  readonly facts: FactsOfSides;
  /** Its files in the source and in the target; none where a layout lacks it. */
  readonly files: readonly [source: readonly CheckpointFile[], target: readonly CheckpointFile[]];
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
  return isMadeOf({ from: source.layout, to: target.layout }) ? v1AndV2(views, id) : anyTwo(views, id);
}

/** What V1's projection gives V2, and what V2 has: transcripts are looked for as a reader does. */
async function v1AndV2({ repo, objects, source, target }: DiffViews, id: CheckpointId): Promise<DiffSides> {
  const refs = layoutRefsAmong([...source.refs, ...target.refs]);
  const sides = await projectedSides(repo, objects, refs, source, id);
  const v1 = foldersOf(source.where, sides.expected.main, sides.expected.full);
  const v2 = [...foldersOf(V2_MAIN_REF, sides.main), ...sides.holders.flatMap((one) => foldersOf(one.ref, one.folder))];
  const files = [await checkpointFiles(objects, v1), await checkpointFiles(objects, v2)] as const;
  return { sides, facts: (await readFacts(repo, [sides]))(id), files };
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
  const projected = (await new Projection(repo, objects).projectCheckpoints(folders)).get(id);
  for (const content of projected?.full?.trees ?? []) objects.add('tree', content);
  const { generations } = await readGenerations(repo, refs);
  const holder = generations.find(({ checkpoints }) => checkpoints.has(id));
  const folder = holder?.checkpoints.get(id) ?? (await new PastOfCurrent(repo, refs).folderOf(id));
  const holders = folder === null ? [] : [{ ref: holder?.ref ?? V2_CURRENT_REF, folder }];
  const expected = { main: projected?.main ?? null, full: projected?.full?.id ?? null };
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
  return {
    sides: { id, tree: ours?.view.tree, expected, base: undefined, main: theirs?.main, holders },
    facts: [ours?.facts, theirs?.facts],
    files: [await filesOf(objects, ours), await filesOf(objects, theirs)],
  };
}

/** The files of a checkpoint, each with the ref that has it. */
async function filesOf(objects: ObjectOverlay, checkpoint: SplitCheckpoint | undefined): Promise<CheckpointFile[]> {
  if (checkpoint === undefined) return [];
  const { view, main, full } = checkpoint;
  const files = await checkpointFiles(objects, foldersOf(view.at.name, main, full));
  const refs = new Map(view.files.toReversed().map(({ path, ref }) => [path, ref]));
  return files.map((file) => ({ ...file, ref: holderOf(file.path, refs) ?? file.ref }));
}

/** The ref of a path, or of the folder that it lies in and that is listed as one. */
function holderOf(path: string, refs: ReadonlyMap<string, CheckpointFile['ref']>): CheckpointFile['ref'] | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    const ref = refs.get(path.slice(0, end));
    if (ref !== undefined) return ref;
  }
  return undefined;
}

function foldersOf(ref: FolderOnRef['ref'], ...trees: Array<ObjectId | null | undefined>): FolderOnRef[] {
  return trees.flatMap((tree) => (tree ? [{ ref, tree }] : []));
}
