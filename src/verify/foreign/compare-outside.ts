import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import { V2_MAIN_REF } from '../../layout/ref-names.ts';
import { withoutCheckpoints } from '../../migrate/foreign/place-folders.ts';
import { compareTrees } from '../compare-trees.ts';
import { type Finding, finding } from '../finding.ts';

/** Compares what two `main` trees have outside of every checkpoint: a `vercel.json` at the root, or what is not known. */
export async function compareOutside(trees: ObjectOverlay, v1: ObjectId, v2: ObjectId): Promise<Finding[]> {
  const ours = trees.addTree(await withoutCheckpoints(trees, v1));
  const theirs = trees.addTree(await withoutCheckpoints(trees, v2));
  const differences = await compareTrees(trees, ours, theirs);
  return differences.map(({ path, expected, actual }) => {
    const place = { ref: V2_MAIN_REF, path };
    if (expected === undefined) return finding('FILE_ONLY_IN_V2', `${path} is in V2, but not in V1`, place);
    if (actual === undefined) return finding('FILE_MISSING', `${path} is not on main`, place);
    if (expected.id !== actual.id) return finding('FILE_CHANGED', `${path} has other content than V1 gives it`, place);
    return finding('FILE_DIFFERS', `${path} has the mode ${actual.mode}, in V1 ${expected.mode}`, place);
  });
}
