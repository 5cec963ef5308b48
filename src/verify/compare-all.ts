import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../checkpoint/files.ts';
import type { Oddity } from '../checkpoint/oddity.ts';
import { createdAtOf } from '../generations/times.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import { TreeMemory } from '../git/tree-memory.ts';
import { allFolders } from '../layout/checkpoint-walk.ts';
import { findStrays } from '../layout/outside.ts';
import { surveyV1, type V1Survey } from '../layout/survey.ts';
import { countSessions } from '../migrate/planning.ts';
import { Projection } from '../project/projection.ts';
import { checkGenerations } from './check-generations.ts';
import { checkManifest, readManifestEntries } from './check-manifest.ts';
import { compareHistory } from './compare-history.ts';
import { compareMain, unprojectedSummaries } from './compare-main.ts';
import { compareTranscripts, onlyInGenerations } from './compare-transcripts.ts';
import { type Compared, type Comparison, NOTHING, notesOf, sizeOfCurrent } from './comparison.ts';
import { finding } from './finding.ts';
import { PastOfCurrent } from './past-of-current.ts';
import { COMPARING } from './phases.ts';
import { readGenerations } from './read-generations.ts';

/** Compares the layouts whole: coverage, generations and history. */
export async function compareAll(comparison: Comparison): Promise<Compared> {
  const { repo, refs, objects, onEvent } = comparison;
  // The projection and the survey look at the same folders.
  const memory = new TreeMemory();
  const projection = new Projection(repo, objects, memory);
  onEvent(COMPARING);
  onEvent({ kind: 'phase', phase: 'compare coverage' });
  // The histories are read meanwhile, and metadata: git looks for objects while this program compares others.
  const histories = compareHistories(comparison);
  const surveying = allFolders(repo, comparison.v1, memory).then((folders) => surveyV1(repo, folders, { memory }));
  const reading = readGenerations(repo, refs);
  for (const work of [histories, surveying, reading]) work.catch(() => undefined); // awaited below, or something has failed already
  const [root] = await projection.projectRoots([await treeOfCommit(repo, comparison.v1)]);
  if (root === undefined) return NOTHING;
  const checkpoints = new Map(projection.checkpoints(root));
  const isKnown = (id: CheckpointId) => checkpoints.has(id);
  const mainFindings = await compareMain(objects, root.main, await treeOfCommit(repo, comparison.main), { isKnown });
  mainFindings.push(...(await unprojectedSummaries(repo, projection.absentSummaries, mainFindings)));
  const survey = await surveying;
  const strays = await findStrays(repo, root.entries, memory);
  const isTimeless = withAbsentMetadata(survey);
  onEvent({ kind: 'phase', phase: 'compare generations', total: refs.archives.length + 1 });
  const { generations, findings } = await reading;
  const told = await readManifestEntries(repo, refs);
  const generationFindings = [
    ...findings,
    ...(await checkGenerations(objects, refs, generations, {
      maxCheckpoints: comparison.maxCheckpoints,
      createdAt: createdAtOf(survey),
      isKnown: (id) => isKnown(id) && !isTimeless.has(id),
      isForeign: false,
      isInManifest: (number) => told.entries.has(number),
    })),
    ...(await compareTranscripts(objects, checkpoints, generations, new PastOfCurrent(repo, refs), told.prunedWith)),
    ...onlyInGenerations(checkpoints, generations),
  ];
  onEvent({ kind: 'phase', phase: 'compare history' });
  const history = await histories;
  return {
    findings: [
      ...mainFindings,
      ...generationFindings,
      ...(await checkManifest(repo, refs, generations, told, generationFindings)),
      ...history.findings,
      ...notesOf([...survey.oddities, ...strays]),
    ],
    counts: {
      commits: history.commits,
      checkpoints: checkpoints.size,
      sessions: countSessions(survey),
      currentCheckpoints: sizeOfCurrent(generations),
    },
  };
}

/** The checkpoints that have session metadata which is absent here, so that their times are not known. */
export function withAbsentMetadata({ oddities }: V1Survey): ReadonlySet<CheckpointId> {
  const isAbsent = ({ code, path }: Oddity) => code === 'V1_ABSENT_BLOB' && path.endsWith(`/${METADATA_FILE}`);
  return new Set(oddities.filter(isAbsent).flatMap(({ checkpoint }) => checkpoint ?? []));
}

async function compareHistories({ repo, v1, main, onEvent }: Comparison) {
  try {
    return await compareHistory(repo, v1, main, (done, total) =>
      onEvent({ kind: 'progress', phase: 'compare history', done, total }),
    );
  } catch (error) {
    if (!(error instanceof ShallowHistoryError)) throw error;
    const message = 'the history was not compared, since a part of it is not here (a shallow clone)';
    return { commits: 0, findings: [finding('HISTORY_NOT_COMPARED', message)] };
  }
}
