import { parseCommit } from './commit.ts';
import { idsOf, type ObjectId } from './object-id.ts';
import type { ObjectOverlay } from './object-overlay.ts';
import type { GitObject, Repository, WalkedCommit, WalkOptions } from './repository.ts';
import { withOverrides } from './with-overrides.ts';

/**
 * A repository as if what an overlay has staged were in it: its objects are read, its commits walked, and nothing is written. So
 * what would be made of objects that are not stored yet can be worked out, as a dry run does. What is staged later is there too.
 */
export function stagedRepository(repo: Repository, objects: ObjectOverlay): Repository {
  const commits = new StagedCommits(repo, objects);
  const readObjects = async (ids: readonly ObjectId[]): Promise<Array<GitObject | undefined>> => {
    const stored = (await repo.readObjects(ids.filter((id) => objects.staged(id) === undefined))).values();
    return ids.map((id) => objects.staged(id) ?? stored.next().value);
  };
  return withOverrides(repo, {
    readObjects,
    async visitObjects(ids, visit) {
      const stored = ids.flatMap((id, i) => (objects.staged(id) === undefined ? [[id, i] as const] : []));
      ids.forEach((id, i) => {
        const staged = objects.staged(id);
        if (staged !== undefined) visit(staged, i);
      });
      await repo.visitObjects(
        stored.map(([id]) => id),
        (object, at) => visit(object, stored[at]?.[1] ?? at),
      );
    },
    async objectInfo(ids) {
      const stored = (await repo.objectInfo(ids.filter((id) => objects.staged(id) === undefined))).values();
      return ids.map((id) => {
        const staged = objects.staged(id);
        return staged === undefined ? stored.next().value : { type: staged.type, size: staged.content.length };
      });
    },
    async *streamContents(ids) {
      const stored = ids.flatMap((id, i) => (objects.staged(id) === undefined ? [[id, i] as const] : []));
      for await (const part of repo.streamContents(stored.map(([id]) => id))) {
        yield { ...part, index: stored[part.index]?.[1] ?? part.index };
      }
      for (const [index, id] of ids.entries()) {
        const staged = objects.staged(id);
        if (staged === undefined) continue;
        yield { kind: 'start', index, type: staged.type, size: staged.content.length };
        yield { kind: 'bytes', index, bytes: staged.content };
        yield { kind: 'end', index };
      }
    },
    absentObjects: (ids) => repo.absentObjects(ids.filter((id) => objects.staged(id) === undefined)),
    walk: (options) => commits.walk(options),
    isAncestor: (ancestor, descendant) => commits.isAncestor(ancestor, descendant),
  });
}

/** The history of staged commits, which ends in that of the repository. */
class StagedCommits {
  readonly #repo: Repository;
  readonly #objects: ObjectOverlay;

  constructor(repo: Repository, objects: ObjectOverlay) {
    this.#repo = repo;
    this.#objects = objects;
  }

  async walk({ tips, exclude = [], firstParent = false }: WalkOptions): Promise<WalkedCommit[]> {
    const left = this.#reach(exclude, false);
    const leftOut = new Set(idsOf(left.staged));
    const { staged, stored } = this.#reach(tips, firstParent);
    const before =
      stored.length === 0 ? [] : await this.#repo.walk({ tips: stored, exclude: left.stored, firstParent });
    return [...before, ...staged.filter(({ id }) => !leftOut.has(id))];
  }

  async isAncestor(ancestor: ObjectId, descendant: ObjectId): Promise<boolean> {
    const { staged, stored } = this.#reach([descendant], false);
    if (staged.some(({ id }) => id === ancestor)) return true;
    if (this.#objects.staged(ancestor) !== undefined) return false;
    for (const id of stored) if (await this.#repo.isAncestor(ancestor, id)) return true;
    return false;
  }

  /** The staged commits that are reached, parents before children, and the stored ones that come next. */
  #reach(tips: readonly ObjectId[], firstParent: boolean) {
    const staged = new Map<ObjectId, WalkedCommit | undefined>();
    const stored = new Set<ObjectId>();
    const waiting = [...tips].reverse();
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const object = this.#objects.staged(id);
      if (object === undefined) {
        stored.add(id);
        continue;
      }
      if (staged.get(id) !== undefined) continue;
      const all = parseCommit(object.content).parents;
      const parents = firstParent ? all.slice(0, 1) : all;
      // A commit goes into its place when all that comes before it has: it waits below its parents.
      const before = parents.filter((parent) => !this.#isDone(parent, staged, stored));
      if (before.length === 0) staged.set(id, { id, parents: all });
      else waiting.push(id, ...before);
    }
    return { staged: [...staged.values()].filter((commit) => commit !== undefined), stored: [...stored] };
  }

  #isDone(id: ObjectId, staged: ReadonlyMap<ObjectId, unknown>, stored: ReadonlySet<ObjectId>): boolean {
    return staged.has(id) || stored.has(id);
  }
}
