import { parseCommit } from '../git/commit.ts';
import { type ObjectId, type RefName, rawIdLength } from '../git/object-id.ts';
import { visitUsable } from '../git/read-usable.ts';
import type { GitObject, Repository } from '../git/repository.ts';
import { displayName, isSubmoduleMode, isTreeMode, parseTree } from '../git/tree.ts';

/** What is looked at: a commit, a tree or a blob, and how it is reached. */
interface Spot {
  readonly id: ObjectId;
  readonly ref: RefName;
  /** The commit before the ref's own that it was reached by. */
  readonly earlier?: ObjectId;
  /** The names from the root of the commit on, in bytes. */
  readonly path: readonly string[];
  readonly isBlob?: boolean;
}

/**
 * Where blobs lie that some refs lead to, as git takes it: `REF:PATH`, or `COMMIT:PATH in REF` where the ref's own commit has
 * it no more. The nearest place of each; `without` and what only that leads to is not looked at.
 */
export async function placeBlobs(
  repo: Repository,
  blobs: Iterable<ObjectId>,
  tips: ReadonlyArray<{ readonly ref: RefName; readonly new: ObjectId }>,
  without: readonly ObjectId[],
): Promise<ReadonlyMap<ObjectId, string>> {
  const places = new Map<ObjectId, string>();
  const left = new Set(blobs);
  const seen = new Set(without);
  let spots: Spot[] = tips.map(({ ref, new: id }) => ({ id, ref, path: [] }));
  while (spots.length > 0 && left.size > 0) {
    const fresh: Spot[] = [];
    for (const spot of spots) {
      if (spot.isBlob && left.delete(spot.id)) places.set(spot.id, wordsOf(spot));
      if (spot.isBlob || seen.has(spot.id)) continue;
      seen.add(spot.id);
      fresh.push(spot);
    }
    const below: Spot[] = [];
    const ids = fresh.map(({ id }) => id);
    await visitUsable(repo, ids, (object, i) => {
      for (const spot of object === undefined ? [] : spotsBelow(object, fresh[i] as Spot)) below.push(spot);
    });
    spots = below;
  }
  return places;
}

function wordsOf({ ref, earlier, path }: Spot): string {
  const file = path.map(displayName).join('/');
  return earlier === undefined ? `${ref}:${file}` : `${earlier}:${file} in ${ref}`;
}

/** What an object leads to; nothing where it can't be read. */
function spotsBelow({ id, type, content }: GitObject, spot: Spot): Spot[] {
  try {
    if (type === 'commit') {
      const { tree, parents } = parseCommit(content);
      return [{ ...spot, id: tree }, ...parents.map((parent) => ({ ...spot, id: parent, earlier: parent }))];
    }
    if (type !== 'tree') return [];
    return parseTree(content, rawIdLength(id.length === 40 ? 'sha1' : 'sha256'))
      .filter(({ mode }) => !isSubmoduleMode(mode))
      .map(({ mode, name, id: entry }) => ({
        ...spot,
        id: entry,
        path: [...spot.path, name],
        isBlob: !isTreeMode(mode),
      }));
  } catch {
    return [];
  }
}
