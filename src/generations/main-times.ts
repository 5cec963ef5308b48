import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAt, type CreatedAtLookup, parseCreatedAt } from '../checkpoint/created-at.ts';
import type { CheckpointFolders } from '../layout/checkpoint-folders.ts';

/** Reads the `created_at` of some checkpoints' sessions off `main`. */
export async function readTimes(main: CheckpointFolders, ids: Iterable<CheckpointId>): Promise<CreatedAtLookup> {
  const times = new Map<CheckpointId, CreatedAt[]>();
  for (const id of ids) {
    const known: CreatedAt[] = [];
    for (const session of await main.sessions(id)) {
      const createdAt = parseCreatedAt((await main.session(id, session))?.value?.created_at);
      if (createdAt !== undefined) known.push(createdAt);
    }
    times.set(id, known);
  }
  return (id) => times.get(id) ?? [];
}
