import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import type { RefName } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { generationName, V2_CURRENT_REF } from '../layout/ref-names.ts';
import type { ProjectedCheckpoint } from '../project/projection.ts';
import { belongsToFull, malformedFolder, placeOf } from './compare-main.ts';
import { compareTrees, type TreeDifference } from './compare-trees.ts';
import { type Finding, type FindingPlace, finding } from './finding.ts';
import type { PastOfCurrent } from './past-of-current.ts';
import type { ReadGeneration } from './read-generations.ts';

/**
 * Compares what the generations should hold with what they do: each V1 checkpoint's transcripts and task files, whole, in
 * exactly one generation. What no tree shows may be in the history of `full/current`: it can be written so that its tree shows
 * the last write alone. What is nowhere, and in a generation that was pruned, was pruned with it.
 */
export async function compareTranscripts(
  objects: ObjectOverlay,
  checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>,
  generations: readonly ReadGeneration[],
  past: PastOfCurrent,
  prunedWith: ReadonlyMap<CheckpointId, number>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [checkpoint, { full }] of checkpoints) {
    const holders = generations.filter((generation) => generation.checkpoints.has(checkpoint));
    const [holder, ...others] = holders;
    for (const { ref } of others) {
      const message = `the transcripts of ${checkpoint} are in ${holder?.ref} and again in ${ref}`;
      findings.push(finding('CHECKPOINT_DUPLICATED', message, { checkpoint, ref, path: shardPath(checkpoint) }));
    }
    const expected = full?.id ?? null;
    const held = holder?.checkpoints.get(checkpoint) ?? null;
    const actual = held === null && expected !== null ? await past.folderOf(checkpoint) : held;
    if (expected === actual) continue;
    for (const tree of full?.trees ?? []) objects.add('tree', tree);
    if (actual === null) {
      findings.push(explainAbsent(checkpoint, prunedWith.get(checkpoint)));
      continue;
    }
    const prefix = `${shardPath(checkpoint)}/`;
    const differences = await compareTrees(objects, expected, actual, {
      prefix,
      // What is missing of a session is one finding; what is too many is looked into, to tell what it is.
      descend: ({ path, actual: found }) => found !== undefined || placeOf(path).rest.length > 0,
    });
    for (const difference of differences) findings.push(explain(difference, checkpoint, holder?.ref ?? V2_CURRENT_REF));
  }
  return findings;
}

/** Why a checkpoint's transcripts are in no generation: `pruned` is the number of the generation that was pruned with them. */
export function explainAbsent(checkpoint: CheckpointId, pruned: number | undefined): Finding {
  const where = { checkpoint, path: shardPath(checkpoint) };
  return pruned === undefined
    ? finding('TRANSCRIPT_MISSING', `the transcripts of ${checkpoint} are in no generation`, where)
    : finding(
        'TRANSCRIPT_PRUNED',
        `the transcripts of ${checkpoint} were pruned with generation ${generationName(pruned)}`,
        where,
      );
}

function explain(difference: TreeDifference, checkpoint: CheckpointId, ref: RefName): Finding {
  const { path, expected, actual } = difference;
  const place = placeOf(path);
  const { session } = place;
  const where: FindingPlace = { ref, checkpoint, path, ...(session === undefined ? {} : { session }) };
  if (difference.isMalformed) return malformedFolder(path, where);
  if (actual === undefined) return finding('TRANSCRIPT_MISSING', `${path} is in no generation`, where);
  if (expected === undefined) {
    return belongsToFull(place)
      ? finding('TRANSCRIPT_EXTRA', `${path} is on ${ref}, but not in V1`, where)
      : finding('FILE_MISPLACED', `${path} belongs on main, but is on ${ref}`, where);
  }
  if (expected.id !== actual.id) return finding('TRANSCRIPT_CHANGED', `${path} has other content than in V1`, where);
  return finding('MODE_CHANGED', `${path} has the mode ${actual.mode}, in V1 ${expected.mode}`, where);
}

/** Checkpoints in generations that V1's tip does not have: listed, not failed. */
export function onlyInGenerations(
  checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>,
  generations: readonly ReadGeneration[],
): Array<Finding & { readonly checkpoint: CheckpointId }> {
  return generations.flatMap(({ ref, checkpoints: held }) => {
    const unknown = [...held.keys()].filter((id) => !checkpoints.has(id));
    return unknown.map((checkpoint) => {
      const message = `${ref} has transcripts of ${checkpoint}, which is not at V1's tip`;
      return { ...finding('CHECKPOINT_ONLY_IN_V2', message, { ref, path: shardPath(checkpoint) }), checkpoint };
    });
  });
}
