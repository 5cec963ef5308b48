import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { BadObjectError } from '../../git/errors.ts';
import type { LayoutPair, View } from '../../layout/layout.ts';
import { LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { layoutOf } from '../../layout/layouts.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';

/** Where a checkpoint is, or should be, in a layout that is here: its ref, and its folder there where that is not the root. */
export function placeOfCheckpoint(view: View, id: CheckpointId, layouts?: LayoutPair): FindingPlace {
  const layout = layoutOf(view.layout);
  const { ref, path } = layout.place(id, '');
  const folder = path.replace(/\/$/, '');
  const at = layout.hasRefPerCheckpoint ? ref : view.where;
  return { ref: at, checkpoint: id, ...(folder === '' ? {} : { path: folder }), ...layouts };
}

/** A checkpoint that a layout has, but that can't be read there. */
export function unreadableCheckpoint(view: View, id: CheckpointId, reason: string, layouts?: LayoutPair): Finding {
  const message = `the checkpoint ${id} can't be read in ${LAYOUT_NAMES[view.layout]}: ${reason}`;
  return finding('CHECKPOINT_UNREADABLE', message, placeOfCheckpoint(view, id, layouts));
}

/** A checkpoint that the user has deleted, so that the layout lacks it. */
export function deletedCheckpoint(id: CheckpointId, place: FindingPlace): Finding {
  return finding('CHECKPOINT_DELETED', `the checkpoint ${id} was deleted here, and stays away`, place);
}

/** The checkpoints of a layout, or those of `ids` that it has; a finding where it can't be read at all. */
export async function idsIn(
  view: View,
  ids: readonly CheckpointId[] | undefined,
  layouts?: LayoutPair,
): Promise<{ readonly ids: readonly CheckpointId[]; readonly finding?: Finding }> {
  try {
    const all = await view.ids(ids);
    const wanted = ids && new Set(ids);
    return { ids: wanted === undefined ? all : all.filter((id) => wanted.has(id)) };
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    const message = `${LAYOUT_NAMES[view.layout]} can't be read: ${error.message}`;
    return { ids: [], finding: finding('LAYOUT_UNREADABLE', message, { ref: view.where, ...layouts }) };
  }
}
