import type { ObjectId } from '../git/object-id.ts';
import { PathBudget } from '../git/path-budget.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';

/** Where trees are read: the repository, and what is to be expected. */
export interface TreeSource {
  /** The entries of a tree. Throws `BadObjectError` where it is absent. */
  tree(id: ObjectId): Promise<readonly TreeEntry[]>;
}

/** A file that is not the same in two trees. `path` is from the root of the trees, in names as in a `TreeEntry`. */
export interface TreeDifference {
  readonly path: string;
  /** The entry that should be there; absent for one too many. */
  readonly expected?: TreeEntry;
  /** The entry that is there; absent for one that is missing. */
  readonly actual?: TreeEntry;
  /**
   * The path is that of a folder which is not as git writes one (entries out of order or twice, other modes, nothing in it),
   * though no file in it differs. The root's path is empty.
   */
  readonly isMalformed?: true;
}

/**
 * The differences between the tree that should be and the one that is there. Equal ids prove equal content, so only folders
 * that differ are looked into. `descend` may stop at a folder that is missing or too many as a whole, to report it as one.
 * Throws `BadObjectError`, also beyond what `PathBudget` allows.
 */
export async function compareTrees(
  objects: TreeSource,
  expected: ObjectId | null,
  actual: ObjectId | null,
  options: { prefix?: string; descend?: (difference: TreeDifference) => boolean } = {},
): Promise<TreeDifference[]> {
  const { prefix = '', descend = () => true } = options;
  const differences: TreeDifference[] = [];
  const budget = new PathBudget();
  const pending: Array<{ expected: ObjectId | null; actual: ObjectId | null; prefix: string }> = [
    { expected, actual, prefix },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.expected === next.actual) continue;
    const pairs = await pairEntries(objects, next.expected, next.actual);
    const counted = next.actual ?? next.expected;
    if (counted !== null) budget.assertTake(counted, next.prefix, pairs.length);
    const unequal = pairs.filter(
      ({ expected: left, actual: right }) => left?.id !== right?.id || left?.mode !== right?.mode,
    );
    if (unequal.length === 0) for (const one of malformed(next)) differences.push(one);
    for (const pair of unequal) {
      const [left, right] = [pair.expected, pair.actual];
      const path = next.prefix + ((left ?? right)?.name ?? '');
      const difference = { ...pair, path };
      const folders = [left, right].map((entry) => (entry && isTreeMode(entry.mode) ? entry.id : null));
      const isFolder = [left, right].every((entry) => entry === undefined || isTreeMode(entry.mode));
      const isWhole = left === undefined || right === undefined;
      if (isFolder && (!isWhole || descend(difference))) {
        pending.push({ expected: folders[0] ?? null, actual: folders[1] ?? null, prefix: `${path}/` });
      } else {
        differences.push(difference);
      }
    }
  }
  return differences.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Two folders with other ids, in which nothing is different. A root with nothing in it is as good as none. */
function malformed(folder: { expected: ObjectId | null; actual: ObjectId | null; prefix: string }): TreeDifference[] {
  const path = folder.prefix.replace(/\/$/, '');
  const entry = (id: ObjectId): TreeEntry => ({ mode: '40000', name: path, id });
  const { expected, actual } = folder;
  if (expected === null || actual === null) {
    return path === '' || actual === null ? [] : [{ path, actual: entry(actual), isMalformed: true }];
  }
  return [{ path, expected: entry(expected), actual: entry(actual), isMalformed: true }];
}

async function pairEntries(
  objects: TreeSource,
  expected: ObjectId | null,
  actual: ObjectId | null,
): Promise<Array<Omit<TreeDifference, 'path'>>> {
  const left = expected === null ? [] : await objects.tree(expected);
  const right = actual === null ? [] : await objects.tree(actual);
  const byName = new Map(right.map((entry) => [entry.name, entry]));
  const pairs: Array<Omit<TreeDifference, 'path'>> = left.map((entry) => {
    const other = byName.get(entry.name);
    byName.delete(entry.name);
    return other === undefined ? { expected: entry } : { expected: entry, actual: other };
  });
  for (const entry of byName.values()) pairs.push({ actual: entry });
  return pairs;
}
