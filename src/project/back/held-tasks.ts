import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { mergeFolder } from '../../compare/merge-entries.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import { stagedRepository } from '../../git/staged-repository.ts';
import { isTreeMode, type TreeEntry } from '../../git/tree.ts';
import { isSessionEntry } from '../../layout/folder-files.ts';
import { Projection } from '../projection.ts';

/** A checkpoint's folder with tasks added, and the sessions that got some by the names that they have there and where these come from. */
export interface WithTasks {
  readonly folder: ObjectId;
  readonly sessions: ReadonlyMap<string, string>;
}

/**
 * V1's folder of a checkpoint with the files of tasks that it lacks and generations have; `plain` is what V2 has, in V1's form. A file that
 * both have stays V1's. `nameOf` gives the name that a session of V2 has in V1; `undefined`: it is the same there.
 */
export async function withTasks(
  repo: Repository,
  objects: ObjectOverlay,
  { id, ours, plain }: { readonly id: CheckpointId; readonly ours: ObjectId; readonly plain: ObjectId },
  nameOf: (session: string) => string | undefined,
): Promise<WithTasks> {
  const projection = new Projection(stagedRepository(repo, objects), objects);
  const projected = await projection.projectCheckpoints(new Map([[id, plain]]));
  const held = projection.fullTrees.store(objects, projected).get(id);
  const entries = new Map((await objects.tree(ours)).map((entry) => [entry.name, entry]));
  const sessions = new Map<string, string>();
  for (const entry of await objects.tree(held)) {
    const name = isSessionEntry(entry) ? nameOf(entry.name) : entry.name;
    const there = name === undefined ? undefined : entries.get(name);
    if (name === undefined || !isTreeMode(entry.mode)) continue;
    const added = isSessionEntry(entry)
      ? await objects.changeTree(there?.id, await withFolders(objects, there?.id, entry.id))
      : (await mergeFolder(objects, there?.id, entry.id, undefined)).id;
    if (added === there?.id) continue;
    if (isSessionEntry(entry)) sessions.set(entry.name, name);
    entries.set(name, { mode: '40000', name, id: added });
  }
  return { folder: await objects.changeTree(ours, entries.values()), sessions };
}

/** A session's entries with those of the folders that a generation has of it. */
async function withFolders(
  objects: ObjectOverlay,
  ours: ObjectId | undefined,
  held: ObjectId,
): Promise<Iterable<TreeEntry>> {
  const entries = new Map((await objects.tree(ours)).map((entry) => [entry.name, entry]));
  for (const { name, mode, id } of await objects.tree(held)) {
    if (!isTreeMode(mode)) continue;
    const there = entries.get(name);
    if (there !== undefined && !isTreeMode(there.mode)) continue;
    entries.set(name, { mode, name, id: (await mergeFolder(objects, there?.id, id, undefined)).id });
  }
  return entries.values();
}
