import type { ObjectId } from './object-id.ts';
import { ObjectOverlay } from './object-overlay.ts';
import type { ObjectWriter, Repository } from './repository.ts';
import { stagedRefs } from './staged-refs.ts';
import { stagedRepository } from './staged-repository.ts';
import { withOverrides } from './with-overrides.ts';

/**
 * A repository in which everything that is written stays in memory: objects that were stored can be read, and refs have moved, while
 * nothing is there for others. So a run that reads what it has written can be rehearsed, and says what it would do. Objects of
 * others are read as they are; disk sizes and what is reachable are those of the repository. `objects` takes what is stored.
 */
export function rehearsal(repo: Repository, objects = new ObjectOverlay(repo)): Repository {
  const isStaged = (id: ObjectId) => objects.staged(id) !== undefined;
  return withOverrides(stagedRefs(stagedRepository(repo, objects)).repo, {
    objectWriter: () => writerTo(objects),
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
