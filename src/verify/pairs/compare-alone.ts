import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { batches } from '../../git/batches.ts';
import type { View } from '../../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { readableCheckpoints } from '../../layout/readable.ts';
import { type Finding, finding } from '../finding.ts';
import { idsIn, unreadableCheckpoint } from './checkpoint-findings.ts';
import type { PairCompared } from './compare-pair.ts';

/** A layout that is the only one here: whether its checkpoints can be read is all that can be said. */
export async function compareNothing(view: View, ids: readonly CheckpointId[] | undefined): Promise<PairCompared> {
  const name = LAYOUT_NAMES[view.layout];
  const [is, it] = [agreeing(view.layout, 'is', 'are'), agreeing(view.layout, 'it', 'them')];
  const message = `${name} ${is} the only layout here: there is nothing to compare ${it} with`;
  const findings: Finding[] = [finding('COVERAGE_NOT_COMPARED', message, { ref: view.where })];
  const { ids: known, finding: unread } = await idsIn(view, ids);
  if (unread !== undefined) findings.push(unread);
  let sessions = 0;
  for (const batch of batches(known)) {
    const { read, unreadable } = await readableCheckpoints(view, batch);
    for (const checkpoint of read.values()) sessions += checkpoint.sessions.length;
    for (const [id, reason] of unreadable) findings.push(unreadableCheckpoint(view, id, reason));
  }
  return { findings, checkpoints: known.length, commits: 0, known: new Set(known), sessions };
}
