import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { CreatedAt, CreatedAtLookup } from '../checkpoint/created-at.ts';
import type { ObjectId } from '../git/object-id.ts';
import { generationSpan } from './generation.ts';

/** The newest time of an archive, and where it comes from; both `undefined` where no time is known. */
export interface NewestTime {
  readonly newest: CreatedAt | undefined;
  readonly newestFrom: 'generation.json' | 'main' | undefined;
}

/**
 * An archive's newest time, from what its `generation.json` says (`told`). `main` is right where that contradicts it. Where `main`
 * does not have the times of all checkpoints, the later of the two holds: an archive must not look older than it is.
 */
export function newestOf(
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
  told: CreatedAt | undefined,
  onMain: CreatedAtLookup,
): NewestTime {
  const { newest } = generationSpan(checkpoints.keys(), onMain);
  if (told === undefined) return { newest, newestFrom: newest && 'main' };
  const isComplete = [...checkpoints.keys()].every((id) => onMain(id).length > 0);
  const holds =
    newest === undefined ||
    newest.instant === told.instant ||
    checkpoints.size === 0 ||
    (!isComplete && told.instant > newest.instant);
  return holds ? { newest: told, newestFrom: 'generation.json' } : { newest, newestFrom: 'main' };
}
