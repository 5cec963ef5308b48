import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { addTree } from '../git/add-tree.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { ObjectSink, Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import type { GenerationState } from './generation-state.ts';

/** What `full/current` is looked at together with. */
export interface CurrentSources {
  readonly repo: Repository;
  readonly state: GenerationState;
  readonly main: CheckpointFolders;
  /** Whether `main` is a projection of V1: then a checkpoint's folder is written whole, and lies in one place. */
  readonly isProjection: boolean;
  readonly sink: ObjectSink;
}

/**
 * The folders that go into archives when `full/current` is rotated: what its tree shows, and what its history alone has
 * (written in `replace` mode, though it may not be the mode any more). What an archive has is not archived again; what
 * `main` does not know, or was in a generation before, does not come back out of the history.
 */
export async function heldByCurrent(sources: CurrentSources): Promise<Map<CheckpointId, ObjectId>> {
  const { state, main, isProjection } = sources;
  const shown = (await state.current())?.checkpoints ?? new Map<CheckpointId, ObjectId>();
  const versions = await state.versions();
  const archived = await state.archivedFolders(versions.keys());
  const everArchived = await state.everArchived();
  const held = new Map<CheckpointId, ObjectId>();
  for (const [id, folders] of versions) {
    const newest = shown.get(id) ?? folders.at(-1);
    if (newest === undefined) continue;
    const inArchive = archived.get(id);
    // Another program may have written again to `full/current` what an archive has: the newer one is kept as well.
    if (inArchive !== undefined && (isProjection || inArchive === newest)) continue;
    if (!shown.has(id) && (everArchived.has(id) || inArchive !== undefined)) continue;
    if (!shown.has(id) && (await main.entries(id)) === undefined) continue;
    held.set(id, isProjection ? newest : await mergeVersions(sources, [...folders, newest]));
  }
  return held;
}

/**
 * One folder out of several versions of a checkpoint's, from the oldest to the newest: of what is in several the newest
 * counts. A program that writes one session at a time in `replace` mode leaves the others to the history.
 */
async function mergeVersions({ repo, sink }: CurrentSources, versions: readonly ObjectId[]): Promise<ObjectId> {
  const distinct = [...new Set(versions)];
  const newest = versions.at(-1) as ObjectId;
  if (distinct.length === 1) return newest;
  const trees = await readTrees(repo, [...distinct.filter((id) => id !== newest), newest]);
  const entries = new Map<string, TreeEntry>();
  for (const entry of trees.flat()) entries.set(entry.name, entry);
  if (entries.size === trees.at(-1)?.length) return newest;
  return addTree(sink, entries.values());
}
