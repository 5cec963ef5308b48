import { treesOfCommits } from '../git/commit-trees.ts';
import { emptyTreeId, type ObjectId } from '../git/object-id.ts';
import { PathBudget } from '../git/path-budget.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { displayName, type TreeEntry, treeIn } from '../git/tree.ts';
import { commitDecoder, describeCommit, type NamingCommit } from './naming-commits.ts';
import { readCommits } from './read-commits.ts';

/** What became of a file in a commit, as `git show --name-status` has it: added, modified, deleted, or of another type. */
export interface ChangedFile {
  readonly status: 'A' | 'M' | 'D' | 'T';
  /** As it can be shown. */
  readonly path: string;
}

/** A commit with its message, and what it changed of its first parent's files. */
export interface CommitChanges extends NamingCommit {
  /** In UTF-8, without line feeds at its ends. */
  readonly message: string;
  /** In the order of their paths, `MAX_FILES` at most; `null` where the parent is not here (a shallow clone). */
  readonly files: readonly ChangedFile[] | null;
  readonly isCut: boolean;
}

/** Files of a commit that are listed. */
const MAX_FILES = 1000;

/**
 * Reads a commit, and what it changed of its first parent: no content of files is read. Renames are not looked for. `undefined` where
 * the commit is absent. Throws `BadObjectError` for a tree that is absent.
 */
export async function readCommitChanges(repo: Repository, commit: ObjectId): Promise<CommitChanges | undefined> {
  const [parsed] = await readCommits(repo, [commit]);
  if (parsed === undefined) return undefined;
  const about = { ...describeCommit(commit, parsed), message: commitDecoder(parsed)(parsed.message).trim() };
  const [parent] = parsed.parents;
  if (parent !== undefined && (await repo.objectInfo([parent]))[0] === undefined) {
    return { ...about, files: null, isCut: false };
  }
  const [before] = parent === undefined ? [emptyTreeId(repo.objectFormat)] : await treesOfCommits(repo, [parent]);
  const found: Found = { files: [], budget: new PathBudget(), isCut: false };
  if (before !== undefined) await addChanges(repo, [before, parsed.tree], '', found);
  return { ...about, files: found.files.slice(0, MAX_FILES), isCut: found.isCut || found.files.length > MAX_FILES };
}

/** What was found so far; `isCut`: a tree was not followed, as `PathBudget` says. */
interface Found {
  readonly files: ChangedFile[];
  readonly budget: PathBudget;
  isCut: boolean;
}

/** Adds what is below a folder, whose trees are these; `undefined`: there is none. Ends when there is more than is listed. */
async function addChanges(
  repo: Repository,
  [before, after]: readonly [ObjectId | undefined, ObjectId | undefined],
  folder: string,
  found: Found,
): Promise<void> {
  const [olds, news] = await Promise.all([entriesOf(repo, before), entriesOf(repo, after)]);
  const names = [...new Set([...olds.keys(), ...news.keys()])].sort();
  const counted = after ?? before;
  if (counted !== undefined && !found.budget.take(counted, folder, names.length)) {
    found.isCut = true;
    return;
  }
  for (const name of names) {
    const [old, now] = [olds.get(name), news.get(name)];
    if (found.files.length > MAX_FILES) return;
    if (old?.id === now?.id && old?.mode === now?.mode) continue;
    const path = folder + displayName(name);
    const [oldTree, newTree] = [treeIn(old), treeIn(now)];
    if (oldTree !== undefined || newTree !== undefined) await addChanges(repo, [oldTree, newTree], `${path}/`, found);
    const status = statusOf(oldTree === undefined ? old : undefined, newTree === undefined ? now : undefined);
    if (status !== undefined) found.files.push({ status, path });
  }
}

async function entriesOf(repo: Repository, tree: ObjectId | undefined): Promise<Map<string, TreeEntry>> {
  if (tree === undefined || tree === emptyTreeId(repo.objectFormat)) return new Map();
  const [entries = []] = await readTrees(repo, [tree]);
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function statusOf(old: TreeEntry | undefined, now: TreeEntry | undefined): ChangedFile['status'] | undefined {
  if (old === undefined) return now && 'A';
  if (now === undefined) return 'D';
  return old.mode.slice(0, 2) === now.mode.slice(0, 2) ? 'M' : 'T';
}
