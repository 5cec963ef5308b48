import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { batches } from '../../git/batches.ts';
import { BadObjectError } from '../../git/errors.ts';
import type { View } from '../../layout/layout.ts';
import { LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { type Finding, finding } from '../finding.ts';
import { unreadableCheckpoint } from './compare-contents.ts';
import type { PairCompared } from './compare-pair.ts';
import { readableCheckpoints } from './readable.ts';

/** A layout that is the only one here: whether its checkpoints can be read is all that can be said. */
export async function compareNothing(view: View, ids: readonly CheckpointId[] | undefined): Promise<PairCompared> {
  const name = LAYOUT_NAMES[view.layout];
  const [is, it] = view.layout === 'refs' ? ['are', 'them'] : ['is', 'it'];
  const message = `${name} ${is} the only layout here: there is nothing to compare ${it} with`;
  const findings: Finding[] = [finding('COVERAGE_NOT_COMPARED', message, { ref: view.where })];
  const known = await idsOf(view, ids, findings);
  let sessions = 0;
  for (const batch of batches(known)) {
    const { read, unreadable } = await readableCheckpoints(view, batch);
    for (const checkpoint of read.values()) sessions += checkpoint.sessions.length;
    for (const [id, reason] of unreadable) {
      const {
        from: _from,
        to: _to,
        ...alone
      } = unreadableCheckpoint(view, id, reason, { from: 'v1', to: view.layout });
      findings.push(alone);
    }
  }
  return { findings, checkpoints: known.length, commits: 0, known: new Set(known), sessions };
}

async function idsOf(
  view: View,
  ids: readonly CheckpointId[] | undefined,
  findings: Finding[],
): Promise<CheckpointId[]> {
  try {
    const all = await view.ids(ids);
    return ids === undefined ? all : all.filter((id) => ids.includes(id));
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    findings.push(
      finding('LAYOUT_UNREADABLE', `${LAYOUT_NAMES[view.layout]} can't be read: ${error.message}`, { ref: view.where }),
    );
    return [];
  }
}
