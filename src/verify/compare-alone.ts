import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { readGeneration } from '../generations/generation.ts';
import { createdAtOf } from '../generations/times.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import { readTree } from '../git/read-trees.ts';
import { foldersAt } from '../layout/checkpoint-walk.ts';
import { V2_MAIN_REF } from '../layout/ref-names.ts';
import { surveyV1 } from '../layout/survey.ts';
import { countSessions } from '../migrate/planning.ts';
import { checkGenerations } from './check-generations.ts';
import { checkManifest, readManifestEntries } from './check-manifest.ts';
import { type Compared, type Comparison, NOTHING, sizeOfCurrent } from './comparison.ts';
import { type Finding, finding } from './finding.ts';
import { readGenerations } from './read-generations.ts';

/**
 * Looks at a V2 whose V1 is gone: its archives are what the manifest tells (checkpoints, times, trees), and what `main` gives
 * them. Whether V2 holds all that V1 held can't be told any more. `ids` are checkpoints that were asked for.
 */
export async function compareAlone(
  comparison: Pick<Comparison, 'repo' | 'refs' | 'objects' | 'maxCheckpoints'>,
  ids: readonly CheckpointId[],
): Promise<Compared> {
  const { repo, refs, objects, maxCheckpoints } = comparison;
  const message = 'there is no V1 branch: whether V2 holds all of it was not compared';
  const about: Finding[] = [finding('COVERAGE_NOT_COMPARED', message)];
  if (refs.main === undefined) {
    return {
      ...NOTHING,
      findings: [...about, finding('V2_MISSING', `there is no ${V2_MAIN_REF}`, { ref: V2_MAIN_REF })],
    };
  }
  const root = await readTree(repo, await treeOfCommit(repo, refs.main));
  const { checkpoints } = await readGeneration(repo, refs.main);
  const survey = await surveyV1(repo, await foldersAt(repo, root, checkpoints.keys()), { checkBlobs: false });
  const { generations, findings } = await readGenerations(repo, refs);
  const told = await readManifestEntries(repo, refs);
  const known = [
    ...findings,
    ...(await checkGenerations(objects, refs, generations, {
      maxCheckpoints,
      createdAt: createdAtOf(survey),
      isKnown: (id) => checkpoints.has(id),
      // Who wrote `main` says nothing here of how other programs fill their generations: the manifest does.
      isForeign: true,
      isInManifest: (number) => told.entries.has(number),
    })),
  ];
  const unknown = ids.filter((id) => !checkpoints.has(id) && !generations.some((one) => one.checkpoints.has(id)));
  return {
    findings: [
      ...about,
      ...known,
      ...(await checkManifest(repo, refs, generations, told, known)),
      ...unknown.map((id) => finding('CHECKPOINT_UNKNOWN', `the checkpoint ${id} is not in V2`, { checkpoint: id })),
    ],
    counts: {
      commits: 0,
      checkpoints: checkpoints.size,
      sessions: countSessions(survey),
      currentCheckpoints: sizeOfCurrent(generations),
    },
  };
}
