import { RefConflictError } from './errors.ts';
import type { ObjectId, RefName } from './object-id.ts';
import type { Ref, RefUpdate, Repository } from './repository.ts';
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
 * moved, so becomes one transaction. Each ref is asked for once: that others have moved one since is the transaction's to find. What a step stores
 * is kept from a `git gc` until the real repository's `releaseObjects`.
 */
export function stagedRefs(repo: Repository): StagedRefs {
  const moved = new Map<RefName, { readonly old: ObjectId | null; readonly new: ObjectId | null }>();
  const seen = new SeenRefs(repo);
  const listRefs = async (...asked: string[]) => {
    const prefixes = asked.length === 0 ? ['refs/'] : asked;
    const refs = new Map((await seen.list(prefixes)).map((ref) => [ref.name, ref]));
    for (const [name, { new: id }] of moved) {
      if (!isAmong(name, prefixes)) continue;
      if (id === null) refs.delete(name);
      else refs.set(name, { name, id });
    }
    return [...refs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const staged = withOverrides(repo, {
    resolveRef: async (name) => (await listRefs(name)).find((ref) => ref.name === name)?.id,
    listRefs,
    async releaseObjects() {},
    async updateRefs(updates) {
      // Listed by folders: one by one each would be a process of git.
      await seen.look(updates.map(({ ref }) => ref.slice(0, ref.lastIndexOf('/') + 1)));
      for (const { ref, old } of updates) {
        const now = moved.has(ref) ? (moved.get(ref)?.new ?? null) : (seen.refs.get(ref)?.id ?? null);
        if (now !== old) throw new RefConflictError(ref, old, now);
      }
      for (const { ref, old, new: id } of updates) moved.set(ref, { old: (moved.get(ref) ?? { old }).old, new: id });
    },
  });
  const updates = () => [...moved].map(([ref, move]) => ({ ref, ...move })).filter((move) => move.old !== move.new);
  return { repo: staged, updates };
}

/** Refs as they were when they were listed first. */
class SeenRefs {
  readonly #repo: Repository;
  readonly #prefixes = new Set<string>();
  readonly refs = new Map<RefName, Ref>();

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  /** As `Repository.listRefs`, in no order. */
  async list(prefixes: readonly string[]): Promise<Ref[]> {
    await this.look(prefixes);
    return [...this.refs.values()].filter(({ name }) => isAmong(name, prefixes));
  }

  /** Lists what was not listed yet. */
  async look(prefixes: readonly string[]): Promise<void> {
    const known = [...this.#prefixes];
    const unknown = [...new Set(prefixes)].filter((prefix) => !isAmong(prefix, known));
    if (unknown.length === 0) return;
    for (const ref of await this.#repo.listRefs(...unknown)) if (!this.refs.has(ref.name)) this.refs.set(ref.name, ref);
    for (const prefix of unknown) this.#prefixes.add(prefix);
  }
}

/** Whether a ref, or all below a prefix, is listed by one of these. */
function isAmong(name: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => name === prefix || (prefix.endsWith('/') && name.startsWith(prefix)));
}
