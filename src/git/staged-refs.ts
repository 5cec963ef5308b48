import { RefConflictError } from './errors.ts';
import type { ObjectId, RefName } from './object-id.ts';
import type { RefUpdate, Repository } from './repository.ts';
import { withOverrides } from './with-overrides.ts';

/** A repository whose refs seem to move, and what has moved in it. */
export interface StagedRefs {
  /** The same repository: reads refs as they have moved here, and stores objects as ever. */
  readonly repo: Repository;
  /** All moves as those of one transaction: each ref once, from where it was at its first move to where it is now. */
  readonly updates: () => RefUpdate[];
}

/**
 * A repository in which refs move for whoever has it, and for nobody else. Work of several steps, each of which reads what the one before has
 * moved, so becomes one transaction. What a step stores is kept from a `git gc` until the real repository's `releaseObjects`.
 */
export function stagedRefs(repo: Repository): StagedRefs {
  const moved = new Map<RefName, { readonly old: ObjectId | null; readonly new: ObjectId | null }>();
  const listRefs = async (...prefixes: string[]) => {
    const refs = new Map((await repo.listRefs(...prefixes)).map((ref) => [ref.name, ref]));
    for (const [name, { new: id }] of moved) {
      if (!prefixes.some((prefix) => name === prefix || (prefix.endsWith('/') && name.startsWith(prefix)))) continue;
      if (id === null) refs.delete(name);
      else refs.set(name, { name, id });
    }
    return [...refs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const staged = withOverrides(repo, {
    async resolveRef(name) {
      const move = moved.get(name);
      return move === undefined ? repo.resolveRef(name) : (move.new ?? undefined);
    },
    listRefs,
    async releaseObjects() {},
    async updateRefs(updates) {
      // Listed by folders: one by one each would be a process of git.
      const folders = new Set(updates.map(({ ref }) => ref.slice(0, ref.lastIndexOf('/') + 1)));
      const here = new Map((await listRefs(...folders)).map(({ name, id }) => [name, id]));
      for (const { ref, old } of updates) {
        const now = here.get(ref) ?? null;
        if (now !== old) throw new RefConflictError(ref, old, now);
      }
      for (const { ref, old, new: id } of updates) moved.set(ref, { old: (moved.get(ref) ?? { old }).old, new: id });
    },
  });
  const updates = () => [...moved].map(([ref, move]) => ({ ref, ...move })).filter((move) => move.old !== move.new);
  return { repo: staged, updates };
}
