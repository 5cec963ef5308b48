import { damagedObject, OTHER_SIZE } from './errors.ts';
import type { ObjectId } from './object-id.ts';

/** The pieces of an object's content. Throws a `BadObjectError` where they are not as many bytes as its header says. */
export async function* ofSize(
  id: ObjectId,
  size: number,
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  let left = size;
  for await (const piece of pieces) {
    left -= piece.length;
    if (left < 0) throw damagedObject(id, OTHER_SIZE);
    yield piece;
  }
  if (left > 0) throw damagedObject(id, OTHER_SIZE);
}
