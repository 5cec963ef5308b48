import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { locateInArchives } from '../generations/archive-lookup.ts';
import { type GenerationContent, readCurrent } from '../generations/generation.ts';
import { GitError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { foldersAt } from '../project/created-at.ts';
import { hashingSink, type ProjectedRoot, Projection } from '../project/projection.ts';
import { addFullTrees, type PlanContext } from './planning.ts';

/**
 * What `full/current` has in its history alone: written in `replace` mode, which may not be the mode any more. Where it is
 * not, and the history can't be read, there is nothing.
 */
export async function pastOfCurrent(
  { repo, fullCurrentMode }: PlanContext,
  current: GenerationContent,
): Promise<Map<CheckpointId, ObjectId>> {
  try {
    const past = await readCurrent(repo, current.commit, 'replace');
    for (const id of current.checkpoints.keys()) past.delete(id);
    return past;
  } catch (error) {
    if (fullCurrentMode === 'accumulate' && error instanceof GitError) return new Map();
    throw error;
  }
}

/** Of checkpoints out of a history, those that V1 still has and no archive: with their folders as V1 gives them. */
export async function stillCurrent(
  { repo, refs, writer }: PlanContext,
  tip: ProjectedRoot,
  past: Iterable<CheckpointId>,
): Promise<Map<CheckpointId, ObjectId>> {
  const folders = await foldersAt(repo, tip.entries, past);
  const projected = await new Projection(repo, hashingSink(repo.objectFormat)).projectCheckpoints(folders);
  const full = addFullTrees(writer, projected);
  const archived = await locateInArchives(repo, refs.archives, { changed: new Set(full.keys()), unplaced: new Set() });
  return new Map([...full].filter(([id]) => !archived.has(id)));
}
