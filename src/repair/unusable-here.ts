import { GitError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { reachedObjects, unusableAmongReached } from '../git/reached-objects.ts';
import { damagedAmong } from '../git/read-contents.ts';
import type { ObjectWriter, Repository } from '../git/repository.ts';

/** Objects that these commits need, history included, and that are absent or damaged here; not what a partial clone's remote should have. */
export async function unusableHere(repo: Repository, tips: readonly ObjectId[]): Promise<Set<ObjectId>> {
  const { absent, damaged } = await unusableAmongReached(repo, tips);
  const promised = await repo.promisedObjects([...absent]);
  return new Set([...absent, ...damaged.keys()].filter((id) => !promised.has(id)));
}

/** Files that these commits need and others don't, history included, whose content is not what their ids say. Reads all of them. */
export async function damagedFiles(
  repo: Repository,
  tips: readonly ObjectId[],
  others: readonly ObjectId[],
): Promise<ObjectId[]> {
  const reached = await reachedAlone(repo, tips, others);
  const infos = await repo.objectInfo(reached);
  return damagedAmong(
    repo,
    reached.filter((_, i) => infos[i]?.type === 'blob'),
  );
}

/** What is here and reached from some commits and not from others, of which objects may be absent or damaged. */
async function reachedAlone(repo: Repository, tips: readonly ObjectId[], others: readonly ObjectId[]) {
  try {
    const reached: ObjectId[] = [];
    await repo.visitReachable(tips, (id, isHere) => isHere && reached.push(id), { exclude: others });
    return reached;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const there = (await reachedObjects(repo, others)).here;
    return [...(await reachedObjects(repo, tips)).here].filter((id) => !there.has(id));
  }
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
