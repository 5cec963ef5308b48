import { CkptError } from '../checkpoint/errors.ts';
import { rootOfCommit } from '../git/commit-trees.ts';
import { GitError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readUsable } from '../git/read-usable.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { isRegularFileMode, type TreeEntry } from '../git/tree.ts';
import { generationNumber, MANIFEST_REF, manifestFile, numberOfManifestFile } from '../layout/ref-names.ts';
import { type ManifestEntry, parseManifestEntry } from './manifest-entry.ts';

/** The manifest of the generations: a file for each one that ever was archived. */
export interface Manifest {
  /** The commit that its ref is at; `undefined` where nothing was archived yet, or by another program alone. */
  readonly commit: ObjectId | undefined;
  /** The blob that describes a generation, by the generation's number. */
  readonly files: ReadonlyMap<number, ObjectId>;
  /** What else lies in its tree; kept as it is. */
  readonly others: readonly TreeEntry[];
}

/** An entry together with its bytes. */
export interface StoredEntry {
  readonly entry: ManifestEntry;
  readonly content: Buffer;
}

export const NO_MANIFEST: Manifest = { commit: undefined, files: new Map(), others: [] };

/**
 * Reads which generations the manifest lists: its commit and its tree, no more. `commit` is where its ref is, `undefined`
 * gives the empty one. Throws a `CkptError` where that is not a commit or its tree is absent.
 */
export async function readManifest(repo: Repository, commit: ObjectId | undefined): Promise<Manifest> {
  if (commit === undefined) return NO_MANIFEST;
  const files = new Map<number, ObjectId>();
  const others: TreeEntry[] = [];
  const unreadable = inCaseOf(GitError, (error) => {
    throw badManifest(error.message, error);
  });
  for (const entry of await rootOfCommit(repo, commit).catch(unreadable)) {
    const number = isRegularFileMode(entry.mode) ? numberOfManifestFile(entry.name) : undefined;
    if (number === undefined) others.push(entry);
    else files.set(number, entry.id);
  }
  return { commit, files, others };
}

/**
 * Reads all entries, by the generation's number, in the order of the numbers. An entry that can't be read goes to `onBad`;
 * without that it is a `CkptError`.
 */
export async function readStoredEntries(
  repo: Repository,
  manifest: Manifest,
  onBad = (number: number, reason: string): void => {
    throw badManifest(`${manifestFile(number)}: ${reason}`);
  },
): Promise<Map<number, StoredEntry>> {
  const files = [...manifest.files].sort(([a], [b]) => a - b);
  const ids = files.map(([, id]) => id);
  const blobs = await readUsable(ids, (some) => repo.readObjects(some));
  const entries = new Map<number, StoredEntry>();
  files.forEach(([number, id], i) => {
    const content = blobs[i]?.content;
    try {
      if (content === undefined) throw new SyntaxError(`it is absent from this repository, or damaged (${id})`);
      entries.set(number, { content, entry: parseManifestEntry(content) });
    } catch (error) {
      onBad(number, (error as Error).message);
    }
  });
  return entries;
}

function badManifest(what: string, cause?: unknown): CkptError {
  return new CkptError('BAD_MANIFEST', `the manifest of the generations (${MANIFEST_REF}) can't be read: ${what}`, {
    hint: ['Fetch that ref again. Or, where V1 is here, project it afresh: ', ['ckpt', 'migrate', '--rebuild']],
    cause,
  });
}

/** True where the manifest lists all these archives. */
export function isComplete({ files }: Manifest, archives: readonly Ref[]): boolean {
  return archives.every(({ name }) => files.has(generationNumber(name) ?? 0));
}
