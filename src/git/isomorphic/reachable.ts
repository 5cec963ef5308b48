import { AT_ONCE } from '../batches.ts';
import { BadObjectError } from '../errors.ts';
import { linksOf } from '../links.ts';
import { idsOf, type ObjectId } from '../object-id.ts';
import type { GitObject, ReachedVisitor } from '../repository.ts';
import type { ObjectStore } from './object-store.ts';

/** What a walk over objects has still to look at. */
interface Frontier {
  /** Read, and followed. `isCommit`: it must be here. */
  readonly followed: Array<{ id: ObjectId; isCommit: boolean }>;
  /** Only looked for. */
  readonly blobs: ObjectId[];
}

/** As `Repository.visitReachable` says. `cutOff` are the commits where a shallow clone ends. */
export async function visitReachable(
  objects: ObjectStore,
  cutOff: ReadonlySet<string>,
  tips: readonly ObjectId[],
  visit: ReachedVisitor,
): Promise<void> {
  const seen = new Set<ObjectId>(tips);
  const unseen = (id: ObjectId): boolean => !seen.has(id) && seen.add(id) !== undefined;
  const frontier: Frontier = { followed: [], blobs: [] };
  // A tip of type blob is not read either: it may be large.
  const infos = await objects.infoMany([...seen]);
  for (const [i, id] of [...seen].entries()) {
    if (infos[i] === undefined || infos[i]?.type === 'blob') frontier.blobs.push(id);
    else frontier.followed.push({ id, isCommit: false });
  }
  while (frontier.followed.length + frontier.blobs.length > 0) {
    const batch = frontier.followed.splice(-AT_ONCE);
    const read = await objects.readMany(idsOf(batch));
    for (const [i, { id, isCommit }] of batch.entries()) {
      const object = read[i];
      if (object === undefined && isCommit) throw new BadObjectError(id, `the commit ${id} is absent`);
      visit(id, object !== undefined);
      if (object !== undefined) follow(object, cutOff, unseen, frontier);
    }
    const blobs = frontier.blobs.splice(-AT_ONCE);
    const sizes = await objects.diskSizes(blobs);
    for (const [i, id] of blobs.entries()) visit(id, sizes[i] !== undefined);
  }
}

/** Adds what an object names, and was not seen before, to what has still to be looked at. */
function follow(
  object: GitObject,
  cutOff: ReadonlySet<string>,
  unseen: (id: ObjectId) => boolean,
  { followed, blobs }: Frontier,
): void {
  for (const { id, type } of linksOf(object, cutOff.has(object.id))) {
    if (!unseen(id)) continue;
    if (type === 'blob') blobs.push(id);
    else followed.push({ id, isCommit: type === 'commit' });
  }
}
