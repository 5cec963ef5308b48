import { TooManyPathsError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { LONGEST_PATH, PathBudget } from '../git/path-budget.ts';
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
  readonly expected?: TreeEntry | undefined;
  /** The entry that is there; absent for one that is missing. */
  readonly actual?: TreeEntry | undefined;
  /**
   * The path is that of a folder which is not as git writes one (entries out of order or twice, other modes, nothing in it),
   * though no file in it differs. The root's path is empty.
   */
  readonly isMalformed?: true;
}

/**
 * The differences between the tree that should be and the one that is there. Equal ids prove equal content, so only folders
 * that differ are looked into. `descend` may stop at a folder that is missing or too many as a whole, to report it as one. Beyond
 * what `PathBudget` allows, each pair of folders is looked into once, and is one difference where it is met again. Throws `BadObjectError`.
 */
export async function compareTrees(
  objects: TreeSource,
  expected: ObjectId | null,
  actual: ObjectId | null,
  options: CompareOptions = {},
): Promise<TreeDifference[]> {
  const root = { expected, actual, prefix: options.prefix ?? '' };
  try {
    const budget = new PathBudget();
    return await compareFolders(objects, root, options, ({ expected: left, actual: right, prefix }, entries) => {
      const counted = right ?? left;
      if (counted !== null) budget.assertTake(counted, prefix, entries);
      return true;
    });
  } catch (error) {
    if (!(error instanceof TooManyPathsError)) throw error;
  }
  const met = new Set<string>();
  return compareFolders(objects, root, options, ({ expected: left, actual: right, prefix }) => {
    const pair = `${left} ${right}`;
    if (met.has(pair) || prefix.length > LONGEST_PATH) return false;
    met.add(pair);
    return true;
  });
}

interface CompareOptions {
  readonly prefix?: string;
  readonly descend?: (difference: TreeDifference) => boolean;
}

/** Two folders at one path, which is `prefix` without its slash. */
interface FolderPair {
  readonly expected: ObjectId | null;
  readonly actual: ObjectId | null;
  readonly prefix: string;
}

/** `enters` is asked of each pair of folders that differ, with how many entries they have: false makes it one difference. */
async function compareFolders(
  objects: TreeSource,
  root: FolderPair,
  { descend = () => true }: CompareOptions,
  enters: (folders: FolderPair, entries: number) => boolean,
): Promise<TreeDifference[]> {
  const differences: TreeDifference[] = [];
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.expected === next.actual) continue;
    const pairs = await pairEntries(objects, next.expected, next.actual);
    if (!enters(next, pairs.length)) {
      differences.push(asOne(next));
      continue;
    }
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
function malformed(folder: FolderPair): TreeDifference[] {
  const isNothing = folder.actual === null || (folder.expected === null && folder.prefix === '');
  return isNothing ? [] : [{ ...asOne(folder), isMalformed: true }];
}

/** Two folders as one difference. */
function asOne({ expected, actual, prefix }: FolderPair): TreeDifference {
  const path = prefix.replace(/\/$/, '');
  const entry = (id: ObjectId | null) => (id === null ? undefined : { mode: '40000', name: path, id });
  return { path, expected: entry(expected), actual: entry(actual) };
}

async function pairEntries(
  objects: TreeSource,
  expected: ObjectId | null,
  actual: ObjectId | null,
): Promise<Array<Omit<TreeDifference, 'path'>>> {
  const left = expected === null ? [] : await objects.tree(expected);
  const right = actual === null ? [] : await objects.tree(actual);
  const byName = new Map(right.map((entry) => [entry.name, entry]));
  const pairs: Array<Omit<TreeDifference, 'path'>> = left.map((expectedEntry) => {
    const actualEntry = byName.get(expectedEntry.name);
    byName.delete(expectedEntry.name);
    return { expected: expectedEntry, actual: actualEntry };
  });
  for (const entry of byName.values()) pairs.push({ actual: entry });
  return pairs;
}
