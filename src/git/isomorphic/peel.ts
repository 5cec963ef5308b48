import { BadObjectError } from '../errors.ts';
import { isObjectId, type ObjectId } from '../object-id.ts';
import type { ObjectStore } from './object-store.ts';

/** What a tag object leads to, over other tags; `undefined` for an object that is not a tag, or absent. */
export async function peel(objects: ObjectStore, id: ObjectId): Promise<ObjectId | undefined> {
  let current = id;
  let isTag = false;
  for (;;) {
    const info = await objects.info(current);
    if (info?.type !== 'tag') return isTag ? current : undefined;
    const content = (await objects.read(current))?.content.toString('latin1') ?? '';
    const target = /^object ([0-9a-f]+)\n/.exec(content)?.[1] ?? '';
    if (!isObjectId(target)) throw new BadObjectError(current, `the tag ${current} can't be read`);
    current = target;
    isTag = true;
  }
}
