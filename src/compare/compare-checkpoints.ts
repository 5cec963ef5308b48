import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { batches } from '../git/batches.ts';
import { BadObjectError } from '../git/errors.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import type { Repository } from '../git/repository.ts';
import type { CheckpointView, View } from '../layout/layout.ts';
import { readableCheckpoints } from '../layout/readable.ts';
import { type CheckpointSides, loadSides } from './checkpoint-sides.ts';
import type { Difference } from './difference.ts';
import { differences } from './differences.ts';
import { pairCheckpoint } from './paired-checkpoint.ts';
import { areSame, comparableSummary, type SplitCheckpoint, splitViews } from './split-views.ts';

/** A checkpoint of two layouts, and what differs, or why that can't be said. */
export interface ComparedCheckpoint {
  readonly ours: SplitCheckpoint;
  readonly theirs: SplitCheckpoint;
  readonly found: readonly Difference[] | BadObjectError;
}

/** A layout, and what could be read of its checkpoints. */
export interface ReadLayout {
  readonly view: Pick<View, 'layout'>;
  readonly read: ReadonlyMap<CheckpointId, CheckpointView>;
}

/**
 * Compares those of some checkpoints that both layouts have by what they hold, in the order of `ids`: sessions are paired, files looked for
 * under the names of any layout, metadata compared by fields. What is staged of them is in memory: two small trees and a summary a checkpoint.
 */
export async function* compareCheckpoints(
  repo: Repository,
  from: ReadLayout,
  to: ReadLayout,
  ids: readonly CheckpointId[],
): AsyncGenerator<ComparedCheckpoint> {
  const objects = new ObjectOverlay(repo);
  const form = comparableSummary([from.view.layout, to.view.layout]);
  const both = ids.filter((id) => from.read.has(id) && to.read.has(id));
  const splitIn = ({ view, read }: ReadLayout) => {
    const views = both.flatMap((id) => read.get(id) ?? []);
    return splitViews(repo, objects, view.layout, views, form);
  };
  const [expected, actual] = [await splitIn(from), await splitIn(to)];
  for (const [i, ours] of expected.entries()) {
    const theirs = actual[i];
    if (theirs === undefined) continue;
    yield { ours, theirs, found: areSame(ours, theirs) ? [] : await compareOne(repo, objects, ours, theirs) };
  }
}

async function compareOne(
  repo: Repository,
  objects: ObjectOverlay,
  ours: SplitCheckpoint,
  theirs: SplitCheckpoint,
): Promise<readonly Difference[] | BadObjectError> {
  const { id, tree } = ours.view;
  const holders = theirs.full === null ? [] : [{ ref: theirs.view.at.name, folder: theirs.full }];
  const expected = { main: ours.main, full: ours.full };
  const sides: CheckpointSides = { id, tree, expected, base: undefined, main: theirs.main, holders };
  try {
    await loadSides(objects, [sides]);
    return await differences(repo, await pairCheckpoint(objects, sides, [ours.facts, theirs.facts]));
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    return error;
  }
}

/** Those of some checkpoints of which the target lacks something that the source has, or has it otherwise. What can't be read is left out. */
export async function lackingCheckpoints(
  repo: Repository,
  from: View,
  to: View,
  ids: Iterable<CheckpointId>,
): Promise<CheckpointId[]> {
  const lacking: CheckpointId[] = [];
  for (const batch of batches([...ids])) {
    const { read: sources } = await readableCheckpoints(from, batch);
    const { read: targets } = await readableCheckpoints(to, batch);
    const sides = [
      { view: from, read: sources },
      { view: to, read: targets },
    ] as const;
    for await (const { ours, found } of compareCheckpoints(repo, ...sides, batch)) {
      if (Array.isArray(found) && found.some(isLacking)) lacking.push(ours.view.id);
    }
  }
  return lacking;
}

/** Whether a difference is something that the target lacks, or has otherwise. */
function isLacking(difference: Difference): boolean {
  switch (difference.kind) {
    case 'checkpoint':
    case 'session':
      return difference.change === 'lost';
    case 'listed session':
      return true;
    case 'file':
      return difference.change === 'lost' || difference.change === 'changed';
    case 'field':
      return difference.weight === 'error';
  }
}
