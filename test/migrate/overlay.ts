import type { Repository } from '../../src/git/repository.ts';

/** A repository whose methods are those of another one, but for those given here. */
export function overlay(repo: Repository, methods: Partial<Repository>): Repository {
  return new Proxy(repo, {
    get(target, key) {
      const own = (methods as Record<PropertyKey, unknown>)[key];
      if (own !== undefined) return own;
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A repository in which something happens once, right before refs are moved. */
export function interrupted(repo: Repository, happen: () => Promise<unknown>): Repository {
  let isDone = false;
  return overlay(repo, {
    updateRefs: async (updates, message) => {
      if (!isDone) {
        isDone = true;
        await happen();
      }
      await repo.updateRefs(updates, message);
    },
  });
}
