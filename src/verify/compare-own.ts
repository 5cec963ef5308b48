import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { shardPath } from '../checkpoint/checkpoint-id.ts';
import type { Difference } from '../compare/difference.ts';
import { exactDifferencesOnFull, exactDifferencesOnMain } from '../compare/exact-differences.ts';
import { generationTree } from '../generations/generation.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { readTree } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { foldersAt } from '../layout/checkpoint-walk.ts';
import { holdersByCheckpoint } from '../layout/generation-holders.ts';
import { CURRENT_REF, MAIN_REF } from '../layout/ref-names.ts';
import { Projection } from '../project/projection.ts';
import type { Comparison, CoverageDifferences, There } from './comparison.ts';
import type { Expected } from './expected.ts';
import { explain, explainPruned } from './explain.ts';
import { type Finding, finding } from './finding.ts';
import { foundList } from './finding-list.ts';

/** What our own V2 lacks of V1, or has otherwise: everything follows from V1, so that trees are compared path by path. */
export async function compareOwn(
  { repo, objects, v1, main, ids }: Comparison,
  expected: Expected,
  there: There,
): Promise<CoverageDifferences> {
  const actual = await mainTree(repo, objects, main, ids);
  if (actual !== expected.main && ids === undefined) {
    // What should be there is kept only now, to say what differs.
    await new Projection(repo, objects).projectRoots([await treeOfCommit(repo, v1)]);
  }
  const isKnown = (id: CheckpointId) => expected.checkpoints.has(id);
  const found = foundList();
  for (const one of await exactDifferencesOnMain(objects, expected.main, actual, isKnown))
    found.push(explain(one, 'own'));
  const onMain = found.all();
  const unprojected = await unprojectedSummaries(repo, expected.absentSummaries, onMain);
  return { onMain: [...onMain, ...unprojected], onFull: await compareFull(objects, expected, there) };
}

/** The tree of `main`; with these checkpoints alone, where some are asked for. */
async function mainTree(
  repo: Repository,
  objects: ObjectOverlay,
  main: ObjectId,
  ids: readonly CheckpointId[] | undefined,
): Promise<ObjectId> {
  const tree = await treeOfCommit(repo, main);
  return ids === undefined ? tree : generationTree(objects, await foldersAt(repo, await readTree(repo, tree), ids));
}

/**
 * Findings for summaries of V1 that are absent from a partial clone: these are projected as they are, which may be right or wrong.
 * `absent` gives the path of each; those that `findings` has already are left out.
 */
async function unprojectedSummaries(
  repo: Repository,
  absent: ReadonlyMap<ObjectId, string>,
  findings: readonly Finding[],
): Promise<Finding[]> {
  if (absent.size === 0) return [];
  const known = new Set(findings.filter(({ code }) => code === 'METADATA_ABSENT').map(({ path }) => path));
  const promised = await repo.promisedObjects([...absent.keys()]);
  const paths = [...absent].flatMap(([id, path]) => (promised.has(id) && !known.has(path) ? [path] : []));
  return paths.map((path) => {
    const checkpoint = path.split('/').slice(0, 2).join('') as CheckpointId;
    return explain({ kind: 'file', change: 'absent', part: 'main', ref: MAIN_REF, checkpoint, path }, 'own');
  });
}

/**
 * Each V1 checkpoint's transcripts and task files are, whole, in exactly one generation. What no tree shows may be in the history
 * of `full/current`: it can be written so that its tree shows the last write alone. What is nowhere, and in a generation that was
 * pruned, was pruned with it.
 */
async function compareFull(
  objects: ObjectOverlay,
  { checkpoints, fullTrees }: Expected,
  { generations, manifest, past }: There,
): Promise<Finding[]> {
  const findings = foundList();
  const holders = holdersByCheckpoint(generations);
  for (const [checkpoint, { full }] of checkpoints) {
    const [holder, ...others] = holders.get(checkpoint) ?? [];
    for (const { ref } of others) {
      const message = `the transcripts of ${checkpoint} are in ${holder?.ref} and again in ${ref}`;
      findings.push(finding('CHECKPOINT_DUPLICATED', message, { checkpoint, ref, path: shardPath(checkpoint) }));
    }
    const expected = full ?? null;
    const held = holder?.checkpoints.get(checkpoint) ?? null;
    const actual = held === null && expected !== null ? await past.folderOf(checkpoint) : held;
    if (expected === actual) continue;
    fullTrees.store(objects, [[checkpoint, { full }]]);
    const ref = holder?.ref ?? CURRENT_REF;
    const found =
      actual === null
        ? [transcriptsLost(checkpoint)]
        : await exactDifferencesOnFull(objects, checkpoint, expected, actual, ref);
    for (const one of found) findings.push(explainLost(one, 'own', manifest.prunedWith));
  }
  return findings.all();
}

function transcriptsLost(checkpoint: CheckpointId): Difference {
  return { kind: 'checkpoint', change: 'lost', part: 'full', checkpoint, path: shardPath(checkpoint) };
}

/** As `explain`, where what no generation has may have been pruned with one. */
export function explainLost(
  difference: Difference,
  policy: Parameters<typeof explain>[1],
  prunedWith: ReadonlyMap<CheckpointId, number>,
): Finding {
  const { kind, part, checkpoint } = difference;
  const isNowhere = kind === 'checkpoint' && part === 'full' && checkpoint !== undefined;
  const pruned = isNowhere ? prunedWith.get(checkpoint) : undefined;
  return pruned === undefined ? explain(difference, policy) : explainPruned(difference, pruned);
}
