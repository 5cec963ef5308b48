import type { ObjectId } from '../git/object-id.ts';
import { unusableAmongReached } from '../git/reached-objects.ts';
import type { ObjectWriter, Repository } from '../git/repository.ts';

/** Objects that these commits need, history included, and that are absent or damaged here; not what a partial clone's remote should have. */
export async function unusableHere(repo: Repository, tips: readonly ObjectId[]): Promise<Set<ObjectId>> {
  const { absent, damaged } = await unusableAmongReached(repo, tips);
  const promised = await repo.promisedObjects([...absent]);
  return new Set([...absent, ...damaged.keys()].filter((id) => !promised.has(id)));
}

/** A writer that notes in `met` which of the wanted objects it was given. */
export function notingWriter(writer: ObjectWriter, wanted: ReadonlySet<ObjectId>, met: Set<ObjectId>): ObjectWriter {
  return {
    get pending() {
      return writer.pending;
    },
    add(type, content, similarTo) {
      const id = writer.add(type, content, similarTo);
      if (wanted.has(id)) met.add(id);
      return id;
    },
    flush: () => writer.flush(),
  };
}
