import { shardPath } from '../checkpoint/checkpoint-id.ts';
import type { RefName } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { compareTrees, type TreeDifference } from './compare-trees.ts';
import type { Difference, DifferencePlace } from './difference.ts';
import type { PairedCheckpoint } from './paired-checkpoint.ts';

/** A folder that only one side has is one difference. */
export const WHOLE = { descend: () => false };

/** The place of a path below a checkpoint's folder; `session` is the number that it should have. */
export function placeIn(
  { id, numbers }: PairedCheckpoint,
  part: DifferencePlace['part'],
  below: string,
  { ref, session }: { ref?: RefName | undefined; session?: string } = {},
): DifferencePlace {
  const number = session === undefined ? undefined : numbers.get(session);
  const path = shardPath(id) + (below === '' ? '' : `/${below}`);
  return { part, ref, checkpoint: id, path, session, actualSession: number === session ? undefined : number };
}

/** The differences between an entry and the one of the same name that is there. `options` are for two folders. */
export async function compareNamed(
  trees: ObjectOverlay,
  expected: TreeEntry,
  actual: TreeEntry | undefined,
  options: { readonly descend?: () => boolean } = {},
): Promise<TreeDifference[]> {
  const path = expected.name;
  const areFolders = actual !== undefined && isTreeMode(expected.mode) && isTreeMode(actual.mode);
  if (areFolders) return compareTrees(trees, expected.id, actual.id, { prefix: `${path}/`, ...options });
  return [{ path, expected, actual }];
}

/** A file that should not be there. */
export function addedFile(place: DifferencePlace, actual: TreeEntry | undefined): Difference {
  return { ...place, kind: 'file', change: 'added', actual };
}
