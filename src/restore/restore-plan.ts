import { CkptError } from '../checkpoint/errors.ts';
import type { WritePlan } from '../git/execute-plan.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { DEFAULT_LAYOUT } from '../layout/layout-names.ts';
import { layoutOf } from '../layout/layouts.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { FateRecord } from '../project/back/session-fate.ts';
import { plainFoldersOf } from '../project/back/surplus.ts';
import type { RestoredCheckpoint } from './restore-result.ts';

/** What is to be brought back, and the refs that layouts have. */
export interface RestoreContext {
  readonly repo: Repository;
  readonly refs: readonly Ref[];
  readonly lost: readonly LostCheckpoint[];
}

/** What is to be done. */
export interface RestorePlan extends WritePlan {
  readonly checkpoints: readonly RestoredCheckpoint[];
}

/** The folder of a lost checkpoint as V1 has it. Out of a backup of another layout it is made, in `objects`. */
export async function plainLost(
  repo: Repository,
  objects: ObjectOverlay,
  { id, tree, held }: LostCheckpoint,
): Promise<ObjectId> {
  if (held === undefined) return tree;
  const plain = await plainFoldersOf({ repo, objects, view: held }, new Set([id]), new FateRecord());
  return (await plain([[id, tree]]))[0] ?? tree;
}

/** What is said of a checkpoint that came back; `joined`: so many sessions, into one that is there. */
export function restored(
  { id, sessions, isWhole, deletedBy, last }: LostCheckpoint,
  joined?: number,
): RestoredCheckpoint {
  const sessionCount = joined ?? sessions.length;
  return { checkpoint: id, sessionCount, isWhole, deletedBy: deletedBy?.id ?? null, commit: last.id };
}

/** The message of a commit that brings checkpoints, or sessions of them, back. */
export function messageFor(lost: readonly LostCheckpoint[]): string {
  const ids = [...new Set(idsOf(lost))];
  const subject = ids.length === 1 ? `Restore checkpoint ${ids[0]}` : `Restore ${ids.length} checkpoints`;
  const lines = lost.map(({ id, deletedBy, last }) =>
    deletedBy === undefined ? `${id} was replaced by another than ${last.id}` : `${id} was deleted by ${deletedBy.id}`,
  );
  return `${subject}\n\n${lines.join('\n')}\n`;
}

/** Sessions can't be put back where nothing says which they are. */
export function cannotJoin({ id, last, sessions, held }: LostCheckpoint): CkptError {
  const message = `the checkpoint ${id} is there, and its lost sessions (${sessions.join(', ')} in the commit ${last.id}) can't be put back`;
  const folder = layoutOf(held?.layout ?? DEFAULT_LAYOUT).place(id, '').path;
  return new CkptError('CANNOT_RESTORE', message, {
    hint: ['Read them where they were: ', ['git', 'show', `${last.id}:${folder}`]],
    exitCode: 3,
  });
}
