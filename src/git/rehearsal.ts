import { RefConflictError } from './errors.ts';
import type { ObjectId, RefName } from './object-id.ts';
import { ObjectOverlay } from './object-overlay.ts';
import type { ObjectWriter, Repository } from './repository.ts';
import { stagedRepository } from './staged-repository.ts';
import { withOverrides } from './with-overrides.ts';

/**
 * A repository in which everything that is written stays in memory: objects that were stored can be read, and refs have moved, while
 * nothing is there for others. So a run that reads what it has written can be rehearsed, and says what it would do. Objects of
 * others are read as they are; disk sizes and what is reachable are those of the repository. `objects` takes what is stored.
 */
export function rehearsal(repo: Repository, objects = new ObjectOverlay(repo)): Repository {
  const moved = new Map<RefName, ObjectId | null>();
  const isStaged = (id: ObjectId) => objects.staged(id) !== undefined;
  const at = async (name: RefName) => {
    const now = moved.get(name);
    return now === undefined ? repo.resolveRef(name) : (now ?? undefined);
  };
  return withOverrides(stagedRepository(repo, objects), {
    resolveRef: at,
    async listRefs(...prefixes) {
      const refs = new Map((await repo.listRefs(...prefixes)).map((ref) => [ref.name, ref]));
      for (const [name, id] of moved) {
        if (!prefixes.some((prefix) => name === prefix || (prefix.endsWith('/') && name.startsWith(prefix)))) continue;
        if (id === null) refs.delete(name);
        else refs.set(name, { name, id });
      }
      return [...refs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    objectWriter: () => writerTo(objects),
    async releaseObjects() {},
    async updateRefs(updates) {
      for (const { ref, old } of updates) {
        const now = (await at(ref)) ?? null;
        if (now !== old) throw new RefConflictError(ref, old, now);
      }
      for (const { ref, new: id } of updates) moved.set(ref, id);
    },
    async streamBlob(id) {
      const content = objects.staged(id)?.content;
      return content === undefined ? repo.streamBlob(id) : piecesOf(content);
    },
    async commitsDroppingFolders(commits, levels) {
      const stored = await repo.commitsDroppingFolders(
        commits.filter(({ id }) => !isStaged(id)),
        levels,
      );
      return new Set([...stored, ...commits.flatMap(({ id }) => (isStaged(id) ? [id] : []))]);
    },
  });
}

function writerTo(objects: ObjectOverlay): ObjectWriter {
  const taken = new Set<ObjectId>();
  return {
    get pending() {
      return taken.size;
    },
    add(type, content) {
      const id = objects.add(type, content);
      taken.add(id);
      return id;
    },
    async flush() {
      taken.clear();
    },
  };
}

async function* piecesOf(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
