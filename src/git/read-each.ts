import type { ObjectId } from './object-id.ts';
import type { GitObject, Repository } from './repository.ts';

/** Objects asked for in one round trip. */
const BATCH = 500;
/** Bytes of content held at a time, where a single object does not have more: most have a kilobyte, some a hundred megabytes. */
const BATCH_BYTES = 32 * 1024 * 1024;

/**
 * Reads objects and hands each to `take`, in the order of their ids; `undefined` stands for one that is absent. Few of them
 * are in memory at a time, however large they are, unless `take` keeps their content.
 */
export async function readEach(
  repo: Repository,
  ids: readonly ObjectId[],
  take: (object: GitObject | undefined, index: number) => void,
): Promise<void> {
  for (let at = 0; at < ids.length; at += BATCH) {
    const infos = await repo.objectInfo(ids.slice(at, at + BATCH));
    let from = at;
    while (from < at + infos.length) {
      let to = from;
      let bytes = 0;
      do bytes += infos[to++ - at]?.size ?? 0;
      while (to < at + infos.length && bytes + (infos[to - at]?.size ?? 0) <= BATCH_BYTES);
      const objects = await repo.readObjects(ids.slice(from, to));
      objects.forEach((object, i) => {
        take(object, from + i);
      });
      from = to;
    }
  }
}
