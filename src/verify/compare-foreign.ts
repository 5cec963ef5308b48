import { shardPath } from '../checkpoint/checkpoint-id.ts';
import { type CheckpointSides, loadSides } from '../compare/checkpoint-sides.ts';
import { differences } from '../compare/differences.ts';
import { differingCheckpoints, readFacts } from '../compare/differing-checkpoints.ts';
import { differencesOutside } from '../compare/exact-differences.ts';
import { pairCheckpoint } from '../compare/paired-checkpoint.ts';
import { type GenerationContent, readGeneration } from '../generations/generation.ts';

import { batches } from '../git/batches.ts';
import { CURRENT_REF, MAIN_REF } from '../layout/ref-names.ts';
import { withoutCheckpoints } from '../project/split/foreign/place-folders.ts';
import { explainLost } from './compare-own.ts';
import type { Comparison, CoverageDifferences, There } from './comparison.ts';
import type { Expected } from './expected.ts';
import { explain } from './explain.ts';
import { findDoubled } from './find-doubled.ts';
import { type Finding, finding } from './finding.ts';
import { foundList } from './finding-list.ts';

/** What another writer's V2 lacks of V1: compared by what it holds, since no id but those of blobs has to be the same. */
export async function compareForeign(
  comparison: Comparison,
  expected: Expected,
  there: There,
): Promise<CoverageDifferences> {
  const { repo, objects, main, ids } = comparison;
  const onMain = await readGeneration(repo, main);
  const outside = ids === undefined ? await compareOutside(comparison, expected, onMain) : [];
  const each = await compareEach(comparison, expected, there, onMain);
  const doubled = await findDoubled(objects, expected.checkpoints.keys(), there.generations);
  const asked = ids ?? [...onMain.checkpoints.keys()];
  const added = asked.filter((id) => onMain.checkpoints.has(id) && !expected.checkpoints.has(id));
  const onlyInSplit = added.map((id) => {
    const place = { ref: MAIN_REF, checkpoint: id, path: shardPath(id) };
    return finding('CHECKPOINT_ONLY_IN_V2', `the checkpoint ${id} is not at V1's tip`, place);
  });
  return { onMain: [...outside, ...each, ...doubled, ...onlyInSplit], onFull: [] };
}

/** What lies outside of every checkpoint: a `vercel.json` at the root, or what is not known. */
async function compareOutside({ objects }: Comparison, { main }: Expected, onMain: GenerationContent) {
  const ours = objects.addTree(await withoutCheckpoints(objects, main));
  const theirs = objects.addTree(await withoutCheckpoints(objects, onMain.tree));
  const found = foundList();
  for (const one of await differencesOutside(objects, ours, theirs)) found.push(explain(one, 'foreign'));
  return found.all();
}

/** The checkpoints of V1 one by one: those that V2 has as V1's projection does are known by their ids. */
async function compareEach(
  { repo, objects, onEvent }: Comparison,
  { checkpoints, fullTrees }: Expected,
  there: There,
  onMain: GenerationContent,
): Promise<Finding[]> {
  const { generations, manifest } = there;
  fullTrees.store(objects, checkpoints);
  const differing = [...differingCheckpoints({ main: onMain, generations }, { tip: checkpoints })];
  const findings = foundList();
  let done = 0;
  for (const some of batches(differing)) {
    const batch: CheckpointSides[] = [];
    for (const sides of some) batch.push(await withPast(sides, there));
    await loadSides(objects, batch);
    const factsOf = await readFacts(repo, batch);
    for (const sides of batch) {
      const found = await differences(repo, await pairCheckpoint(objects, sides, factsOf(sides.id)));
      for (const one of found) findings.push(explainLost(one, 'foreign', manifest.prunedWith));
    }
    objects.unload();
    done += batch.length;
    onEvent({ kind: 'progress', phase: 'compare coverage', done, total: differing.length });
  }
  return findings.all();
}

/** What no generation shows may be in the history of `full/current`, which the first writers replaced with each write. */
async function withPast(sides: CheckpointSides, { generations, past }: There): Promise<CheckpointSides> {
  const hasCurrent = generations.some(({ ref }) => ref === CURRENT_REF);
  if (sides.holders.length > 0 || sides.expected.full === null || !hasCurrent) return sides;
  const folder = await past.folderOf(sides.id);
  return folder === null ? sides : { ...sides, holders: [{ ref: CURRENT_REF, folder }] };
}
