import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { shardPath } from '../../checkpoint/checkpoint-id.ts';
import { type GenerationContent, readGeneration } from '../../generations/generation.ts';
import { createdAtOf } from '../../generations/times.ts';
import { batches } from '../../git/batches.ts';
import { treeOfCommit } from '../../git/commit-trees.ts';
import { ObjectOverlay } from '../../git/object-overlay.ts';
import { readTree } from '../../git/read-trees.ts';
import { allFolders, foldersAt } from '../../layout/checkpoint-walk.ts';
import { findStrays } from '../../layout/outside.ts';
import { V2_CURRENT_REF, V2_MAIN_REF } from '../../layout/ref-names.ts';
import { surveyV1, type V1Survey } from '../../layout/survey.ts';
import { type CheckpointSides, loadSides } from '../../migrate/foreign/checkpoint-sides.ts';
import { sidesOf, surveySides } from '../../migrate/foreign/differing-checkpoints.ts';
import type { ForeignGeneration } from '../../migrate/foreign/foreign-v2.ts';
import { countSessions } from '../../migrate/planning.ts';
import { type ProjectedCheckpoint, Projection } from '../../project/projection.ts';
import { checkGenerations } from '../check-generations.ts';
import { checkManifest, type ReadManifest, readManifestEntries } from '../check-manifest.ts';
import { withAbsentMetadata } from '../compare-all.ts';
import { onlyInGenerations } from '../compare-transcripts.ts';
import { type Compared, type Comparison, notesOf, sizeOfCurrent } from '../comparison.ts';
import { type Finding, finding } from '../finding.ts';
import { PastOfCurrent } from '../past-of-current.ts';
import { COMPARING } from '../phases.ts';
import { type ReadGeneration, readGenerations } from '../read-generations.ts';
import { compareAuthors } from './compare-authors.ts';
import { compareOnFull } from './compare-on-full.ts';
import { compareOnMain } from './compare-on-main.ts';
import { compareOutside } from './compare-outside.ts';
import { findDoubled } from './find-doubled.ts';
import { compareNumbers, pairCheckpoint } from './paired-checkpoint.ts';

/** What is compared: a V2 that something else wrote, and V1's checkpoints as they would be projected. */
interface ForeignComparison extends Comparison {
  readonly trees: ObjectOverlay;
  readonly checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>;
  readonly onMain: GenerationContent;
  readonly generations: readonly ReadGeneration[];
  readonly told: ReadManifest;
}

/** Compares V1 with a V2 of another writer, whole: by what they hold, since no id but those of blobs has to be the same. */
export async function compareForeign(comparison: Comparison): Promise<Compared> {
  const { repo, refs, objects, v1, main, onEvent } = comparison;
  onEvent(COMPARING);
  onEvent({ kind: 'phase', phase: 'compare coverage' });
  const trees = new ObjectOverlay(repo);
  const projection = new Projection(repo, trees);
  const [root] = await projection.projectRoots([await treeOfCommit(repo, v1)]);
  if (root === undefined) throw new Error('V1 was not projected');
  const { generations, findings: unreadable } = await readGenerations(repo, refs);
  const told = await readManifestEntries(repo, refs);
  const parts = { trees, checkpoints: new Map(projection.checkpoints(root)), generations, told };
  const foreign = { ...comparison, ...parts, onMain: await readGeneration(repo, main) };
  const findings = [...(await compareOutside(trees, root.main, foreign.onMain.tree)), ...(await compareEach(foreign))];
  const survey = await surveyV1(repo, await allFolders(repo, v1));
  const strays = await findStrays(repo, root.entries);
  onEvent({ kind: 'phase', phase: 'compare generations', total: refs.archives.length + 1 });
  const isTimeless = withAbsentMetadata(survey);
  const isKnown = (id: CheckpointId) => foreign.checkpoints.has(id) && !isTimeless.has(id);
  const { maxCheckpoints } = comparison;
  const isInManifest = (number: number) => told.entries.has(number);
  const rules = { maxCheckpoints, createdAt: createdAtOf(survey), isKnown, isForeign: true, isInManifest };
  findings.push(...unreadable, ...(await checkGenerations(objects, refs, generations, rules)));
  findings.push(...(await checkManifest(repo, refs, generations, told, findings, rules)));
  findings.push(...onlyInV2(foreign, [...foreign.onMain.checkpoints.keys()]));
  findings.push(...onlyInGenerations(foreign.checkpoints, generations));
  onEvent({ kind: 'phase', phase: 'compare history' });
  findings.push(...(await compareAuthors(repo, v1, main)), ...notesOf([...survey.oddities, ...strays]));
  return { findings, counts: countsOf(foreign, survey) };
}

/** As `compareForeign`, for these checkpoints alone; `nowhere` are those of them that were met in neither layout. */
export async function compareSomeForeign(
  comparison: Comparison,
  ids: readonly CheckpointId[],
): Promise<Compared & { readonly nowhere: readonly CheckpointId[] }> {
  const { repo, refs, v1, main } = comparison;
  const trees = new ObjectOverlay(repo);
  const v1Folders = await foldersAt(repo, await readTree(repo, await treeOfCommit(repo, v1)), ids);
  const checkpoints = await new Projection(repo, trees).projectCheckpoints(v1Folders);
  const { generations, findings: unreadable } = await readGenerations(repo, refs);
  const parts = { trees, checkpoints, generations, told: await readManifestEntries(repo, refs) };
  const foreign = { ...comparison, ...parts, onMain: await readGeneration(repo, main) };
  const survey = await surveyV1(repo, v1Folders);
  const asked = new Set<CheckpointId>(ids);
  const extra = onlyInGenerations(checkpoints, generations).filter(({ checkpoint }) => asked.has(checkpoint));
  const inV2 = (id: CheckpointId) => foreign.onMain.checkpoints.has(id) || extra.some((one) => one.checkpoint === id);
  const findings = [
    ...unreadable,
    ...(await compareEach(foreign)),
    ...onlyInV2(foreign, [...asked]),
    ...extra,
    ...notesOf(survey.oddities),
  ];
  const nowhere = [...asked].filter((id) => !checkpoints.has(id) && !inV2(id));
  return { findings, counts: countsOf(foreign, survey), nowhere };
}

/** The checkpoints of V1 one by one: those that V2 has as V1's projection does are known by their ids. */
async function compareEach(foreign: ForeignComparison): Promise<Finding[]> {
  const { repo, refs, trees, checkpoints, onMain, generations, told, onEvent } = foreign;
  for (const { full } of checkpoints.values()) for (const tree of full?.trees ?? []) trees.add('tree', tree);
  const past = new PastOfCurrent(repo, refs);
  const differing = [...sidesOf({ main: onMain, generations }, { tip: checkpoints, base: undefined })];
  const findings: Finding[] = [];
  let done = 0;
  for (const some of batches(differing)) {
    const batch: CheckpointSides[] = [];
    for (const sides of some) batch.push(await withPast(sides, past, generations));
    await loadSides(trees, batch);
    const [v1Facts, v2Facts] = await surveySides(repo, batch);
    for (const sides of batch) {
      const { id } = sides;
      const checkpoint = await pairCheckpoint(repo, trees, sides, [v1Facts.get(id), v2Facts.get(id)]);
      findings.push(
        ...(await compareOnMain(checkpoint)),
        ...(await compareOnFull(checkpoint, told.prunedWith.get(id))),
      );
      findings.push(...compareNumbers(checkpoint));
    }
    trees.unload();
    done += batch.length;
    onEvent({ kind: 'progress', phase: 'compare coverage', done, total: differing.length });
  }
  return [...findings, ...(await findDoubled(trees, checkpoints.keys(), generations))];
}

/** What no generation shows may be in the history of `full/current`, which the first writers replaced with each write. */
async function withPast(
  sides: CheckpointSides,
  past: PastOfCurrent,
  generations: readonly ReadGeneration[],
): Promise<CheckpointSides> {
  const current: ForeignGeneration | undefined = generations.find(({ ref }) => ref === V2_CURRENT_REF);
  if (sides.holders.length > 0 || sides.v1.full === null || current === undefined) return sides;
  const folder = await past.folderOf(sides.id);
  return folder === null ? sides : { ...sides, holders: [{ generation: current, folder }] };
}

function onlyInV2({ checkpoints, onMain }: ForeignComparison, ids: readonly CheckpointId[]): Finding[] {
  const unknown = ids.filter((id) => onMain.checkpoints.has(id) && !checkpoints.has(id));
  return unknown.map((id) => {
    const place = { ref: V2_MAIN_REF, checkpoint: id, path: shardPath(id) };
    return finding('CHECKPOINT_ONLY_IN_V2', `the checkpoint ${id} is not at V1's tip`, place);
  });
}

function countsOf({ checkpoints, generations }: ForeignComparison, survey: V1Survey): Compared['counts'] {
  return {
    commits: 0,
    checkpoints: checkpoints.size,
    sessions: countSessions(survey),
    currentCheckpoints: sizeOfCurrent(generations),
  };
}
