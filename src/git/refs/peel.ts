import { targetOfTag } from '../links.ts';
import type { ObjectId } from '../object-id.ts';
import type { GitObject, ObjectInfo } from '../repository.ts';

/** What a ref transaction asks about objects. */
export interface RefObjects {
  /** Type and size of these objects, in their order; `undefined` for those that are absent. */
  infoMany(ids: readonly ObjectId[]): Promise<Array<ObjectInfo | undefined>>;
  read(id: ObjectId): Promise<GitObject | undefined>;
}

/** What a tag object leads to, over other tags; `undefined` for an object that is not a tag, or absent. */
export async function peel(objects: RefObjects, id: ObjectId): Promise<ObjectId | undefined> {
  return (await peelAll(objects, [id])).get(id);
}

/** What the tag objects among these lead to, over other tags, by their ids. */
export async function peelAll(objects: RefObjects, ids: readonly ObjectId[]): Promise<Map<ObjectId, ObjectId>> {
  const infos = await objects.infoMany(ids);
  const peeled = new Map<ObjectId, ObjectId>();
  for (const [i, id] of ids.entries()) if (infos[i]?.type === 'tag') peeled.set(id, await peelTag(objects, id));
  return peeled;
}

async function peelTag(objects: RefObjects, id: ObjectId): Promise<ObjectId> {
  for (let current = id; ; ) {
    const content = (await objects.read(current))?.content ?? Buffer.of();
    current = targetOfTag(current, content).id;
    if ((await objects.infoMany([current]))[0]?.type !== 'tag') return current;
  }
}
