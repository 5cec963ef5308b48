import { BadObjectError } from './errors.ts';
import { inCaseOf } from './in-case-of.ts';
import type { ObjectId } from './object-id.ts';
import type { ObjectVisitor, Repository } from './repository.ts';

/**
 * What `read` gives for each of these ids, with `undefined` for what can't be used. One such object ends the reading of all that are asked
 * for with it, so that each half is read by itself then.
 */
export async function readUsable<T>(
  ids: readonly ObjectId[],
  read: (ids: readonly ObjectId[]) => Promise<ReadonlyArray<T | undefined>>,
): Promise<Array<T | undefined>> {
  try {
    return [...(await read(ids))];
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    if (ids.length <= 1) return ids.map(() => undefined);
    const middle = ids.length >> 1;
    return [...(await readUsable(ids.slice(0, middle), read)), ...(await readUsable(ids.slice(middle), read))];
  }
}

/** Like `visitObjects`, with `undefined` for what is damaged too: for who shows what there is, and leaves the rest to verify. */
export async function visitUsable(repo: Repository, ids: readonly ObjectId[], visit: ObjectVisitor): Promise<void> {
  const left = new Map(ids.entries());
  while (left.size > 0) {
    const asked = [...left];
    const visitOne: ObjectVisitor = (object, i) => {
      const [at] = asked[i] as [number, ObjectId];
      left.delete(at);
      visit(object, at);
    };
    const damaged = await repo
      .visitObjects(
        asked.map(([, id]) => id),
        visitOne,
      )
      .then(
        () => undefined,
        inCaseOf(BadObjectError, (error) => error),
      );
    if (damaged === undefined) return;
    const places = [...left].filter(([, id]) => id === damaged.id);
    if (places.length === 0) throw damaged;
    for (const [at] of places) {
      left.delete(at);
      visit(undefined, at);
    }
  }
}
