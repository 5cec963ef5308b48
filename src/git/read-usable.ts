import { BadObjectError } from './errors.ts';
import type { ObjectId } from './object-id.ts';

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
