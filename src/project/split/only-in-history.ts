import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { foldersAt } from '../../layout/checkpoint-walk.ts';
import { hashingSink, type ProjectedRoot, Projection } from '../projection.ts';
import type { PlanContext } from './plan-context.ts';

/**
 * What `full/current` has in its history alone: written in `replace` mode, which may not be the mode any more. Where it is
 * not, and the history can't be read, there is nothing.
 */
export async function onlyInHistory({ state, fullCurrentMode }: PlanContext): Promise<Map<CheckpointId, ObjectId>> {
  const past = fullCurrentMode === 'replace' ? await state.history() : await state.readableHistory();
  for (const id of (await state.current())?.checkpoints.keys() ?? []) past?.delete(id);
  return past ?? new Map();
}

/** Of checkpoints out of a history, those that V1 still has and no archive: with their folders as V1 gives them. */
export async function stillCurrent(
  { repo, state, writer }: PlanContext,
  tip: ProjectedRoot,
  past: Iterable<CheckpointId>,
): Promise<Map<CheckpointId, ObjectId>> {
  const folders = await foldersAt(repo, tip.entries, past);
  const projection = new Projection(repo, hashingSink(repo.objectFormat));
  const full = projection.fullTrees.store(writer, await projection.projectCheckpoints(folders));
  const archived = await state.locate({ changed: new Set(full.keys()), unplaced: new Set() });
  return new Map([...full].filter(([id]) => !archived.has(id)));
}
