import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';
import { surveyV1 } from '../../layout/survey.ts';
import type { ProjectedCheckpoint } from '../../project/projection.ts';
import type { CheckpointSides, ProjectedSide } from './checkpoint-sides.ts';
import type { ForeignV2 } from './foreign-v2.ts';

/** V1's checkpoints at its tip, and at the commit up to which an earlier migration has added what was missing. */
export interface V1Checkpoints {
  readonly tip: ReadonlyMap<CheckpointId, ProjectedCheckpoint>;
  readonly base: ReadonlyMap<CheckpointId, ProjectedCheckpoint> | undefined;
}

/** What is needed of a V2 of another writer to find the checkpoints that are not as V1's projection has them. */
export type ForeignSides = Pick<ForeignV2, 'main' | 'generations'>;

/** The checkpoints that have to be looked into: not those that V2 has as V1's projection does, nor those known to be there. */
export function* sidesOf(v2: ForeignSides, { tip, base }: V1Checkpoints): Iterable<CheckpointSides> {
  for (const [id, checkpoint] of tip) {
    const before = base?.get(id);
    if (base !== undefined && before?.tree === checkpoint.tree) continue;
    const main = v2.main.checkpoints.get(id);
    const holders = v2.generations.flatMap((generation) => {
      const folder = generation.checkpoints.get(id);
      return folder === undefined ? [] : [{ generation, folder }];
    });
    const v1 = sideOf(checkpoint);
    const hasMain = (v1.main ?? undefined) === main;
    const hasFull = v1.full === null || holders.some(({ folder }) => folder === v1.full);
    if (hasMain && hasFull) continue;
    yield { id, tree: checkpoint.tree, v1, base: base === undefined ? undefined : sideOf(before), main, holders };
  }
}

function sideOf(checkpoint: ProjectedCheckpoint | undefined): ProjectedSide {
  return { main: checkpoint?.main ?? null, full: checkpoint?.full?.id ?? null };
}

/** What surveys tell of checkpoints in V1 and in V2: the session IDs that their sessions are known by. */
export async function surveySides(repo: Repository, batch: readonly CheckpointSides[]) {
  const inV1 = new Map(batch.map(({ id, tree }) => [id, tree]));
  const inV2 = new Map(batch.flatMap(({ id, main }) => folderEntry(id, main)));
  const options = { checkBlobs: false };
  return [
    (await surveyV1(repo, inV1, options)).checkpoints,
    (await surveyV1(repo, inV2, options)).checkpoints,
  ] as const;
}

function folderEntry(id: CheckpointId, tree: ObjectId | undefined): Array<[CheckpointId, ObjectId]> {
  return tree === undefined ? [] : [[id, tree]];
}
