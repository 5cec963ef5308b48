import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import { readTree } from '../git/read-trees.ts';
import { foldersAt } from '../layout/checkpoint-walk.ts';
import { V2_MAIN_REF } from '../layout/ref-names.ts';
import { surveyV1 } from '../layout/survey.ts';
import { countSessions } from '../migrate/planning.ts';
import { Projection } from '../project/projection.ts';
import { readManifestEntries } from './check-manifest.ts';
import { compareMain, unprojectedSummaries } from './compare-main.ts';
import { compareTranscripts, onlyInGenerations } from './compare-transcripts.ts';
import { type Compared, type Comparison, notesOf, sizeOfCurrent } from './comparison.ts';
import { type Finding, finding } from './finding.ts';
import { PastOfCurrent } from './past-of-current.ts';
import { readGenerations } from './read-generations.ts';

/** Compares single checkpoints, without looking at the rest of the layouts. */
export async function compareSome(comparison: Comparison, ids: readonly CheckpointId[]): Promise<Compared> {
  const { repo, refs, objects } = comparison;
  const v1Root = await readTree(repo, await treeOfCommit(repo, comparison.v1));
  const mainRoot = await readTree(repo, await treeOfCommit(repo, comparison.main));
  const v1Folders = await foldersAt(repo, v1Root, ids);
  const mainFolders = await foldersAt(repo, mainRoot, ids);
  const projection = new Projection(repo, objects);
  const projected = await projection.projectCheckpoints(v1Folders);
  const { generations, findings: unreadable } = await readGenerations(repo, refs);
  const findings: Finding[] = [...unreadable];
  const isKnown = (id: CheckpointId) => projected.has(id);
  for (const id of ids) {
    const expected = projected.get(id)?.main ?? null;
    const actual = mainFolders.get(id) ?? null;
    const where = { ref: V2_MAIN_REF, checkpoint: id, path: shardPath(id) };
    if (expected !== null && actual === null) {
      findings.push(finding('CHECKPOINT_MISSING', `the checkpoint ${id} is not on main`, where));
    } else if (!isKnown(id) && actual !== null) {
      findings.push(finding('CHECKPOINT_ONLY_IN_V2', `the checkpoint ${id} is not at V1's tip`, where));
    } else {
      findings.push(...(await compareMain(objects, expected, actual, { prefix: `${shardPath(id)}/`, isKnown })));
    }
  }
  findings.push(...(await unprojectedSummaries(repo, projection.absentSummaries, findings)));
  const asked = new Set<CheckpointId>(ids);
  const strays = onlyInGenerations(projected, generations).filter(({ checkpoint }) => asked.has(checkpoint));
  const { prunedWith } = await readManifestEntries(repo, refs);
  findings.push(
    ...(await compareTranscripts(objects, projected, generations, new PastOfCurrent(repo, refs), prunedWith)),
    ...strays,
  );
  const inV2 = (id: CheckpointId) => mainFolders.has(id) || strays.some(({ checkpoint }) => checkpoint === id);
  const nowhere = ids.filter((id) => !isKnown(id) && !inV2(id));
  findings.push(...(await explainUnknown(comparison, nowhere)));
  const survey = await surveyV1(repo, v1Folders);
  return {
    findings: [...findings, ...notesOf(survey.oddities)],
    counts: {
      commits: 0,
      checkpoints: projected.size,
      sessions: countSessions(survey),
      currentCheckpoints: sizeOfCurrent(generations),
    },
  };
}

/** Checkpoints that the comparison has met nowhere; where V2 is behind, V1 may have got them since, which is a finding already. */
export async function explainUnknown(comparison: Comparison, ids: readonly CheckpointId[]): Promise<Finding[]> {
  const { repo, v1, v1Tip } = comparison;
  if (ids.length === 0) return [];
  const unknown = new Set(ids);
  if (v1 !== v1Tip) {
    const newer = await foldersAt(repo, await readTree(repo, await treeOfCommit(repo, v1Tip)), ids);
    for (const id of newer.keys()) unknown.delete(id);
  }
  return [...unknown].map((id) =>
    finding('CHECKPOINT_UNKNOWN', `the checkpoint ${id} is in neither layout`, { checkpoint: id, path: shardPath(id) }),
  );
}
