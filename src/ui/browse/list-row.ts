import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { BrowseRow } from '../../inspect/browse/browse-source.ts';
import { clip, padTo, widthOf } from '../clip.ts';
import { labelText } from '../label-text.ts';
import { dateOf, dayOf } from '../list-text.ts';
import { sanitize } from '../sanitize.ts';
import { shortId } from '../words.ts';

/** Characters of the ID that V1 and V2 use. */
const SHORT_ID = 12;

/** The line of a checkpoint in the list: as much of it as there is room for. A row that is being read has its ID alone. */
export function listRow(id: CheckpointId, row: BrowseRow | undefined, columns: number): string {
  if (row === undefined) return clip(`${id}  …`, columns);
  if ('error' in row) return clip(`${id}  ! ${sanitize(row.error)}`, columns);
  // An ID of git-refs is longer: the label is not to pay for it.
  const room = columns - (id.length - SHORT_ID);
  const date = room >= 90 ? dateOf(row) : dayOf(row);
  const agents = sanitize(row.agents.join(', ')) || '-';
  const cells: Array<readonly [text: string, width: number]> = [];
  if (room >= 54) cells.push([date, room >= 90 ? 16 : 10]);
  const [first] = row.commits;
  if (room >= 64 && first !== undefined) cells.push([shortId(first.commit), 10]);
  if (room >= (first === undefined ? 70 : 78)) cells.push([agents, 12]);
  if (room >= 110)
    cells.push([sanitize(row.branch ?? '') || '-', 16], [`${row.sessionCount}×`, 3], [row.layouts.join(' '), 5]);
  const before = cells.map(([text, width]) => padTo(clip(text, width), width));
  const start = [id, ...before, ''].join('  ');
  return clip(start + labelText(row, Math.max(0, columns - widthOf(start))), columns).trimEnd();
}
