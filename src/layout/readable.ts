import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { batches } from '../git/batches.ts';
import { BadObjectError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readUsableTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isSessionEntry } from './folder-files.ts';
import type { CheckpointView, View } from './layout.ts';

/** What of some checkpoints can be read, and why the rest can't. */
export interface Readable<T> {
  readonly read: ReadonlyMap<CheckpointId, T>;
  readonly unreadable: ReadonlyMap<CheckpointId, string>;
}

/** The trees of these checkpoints in a layout; each that can't be read has a reason. */
export function readableFolders(view: View, ids: readonly CheckpointId[]): Promise<Readable<ObjectId>> {
  return readEach(ids, (some) => view.folders({ ids: new Set(some) }));
}

/** These checkpoints as a layout has them; each that can't be read has a reason. At most a batch of them at once. */
export function readableCheckpoints(view: View, ids: readonly CheckpointId[]): Promise<Readable<CheckpointView>> {
  return readEach(ids, async (some) => {
    const found = new Map<CheckpointId, CheckpointView>();
    for await (const checkpoint of view.checkpoints({ ids: new Set(some) })) found.set(checkpoint.id, checkpoint);
    return found;
  });
}

/** The sessions in the folders of some checkpoints, and the checkpoints whose folder can't be read. */
export async function countSessions(
  repo: Repository,
  folders: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<{ sessions: number; unreadable: CheckpointId[] }> {
  let sessions = 0;
  const unreadable: CheckpointId[] = [];
  for (const batch of batches(folders)) {
    const ids = batch.map(([, tree]) => tree);
    const trees = await readUsableTrees(repo, ids);
    for (const [i, [id]] of batch.entries()) {
      const entries = trees[i];
      if (entries === undefined) unreadable.push(id);
      else sessions += entries.filter(isSessionEntry).length;
    }
  }
  return { sessions, unreadable };
}

/** Reads in batches; one that fails is halved until what can't be read is alone. */
async function readEach<T>(
  ids: readonly CheckpointId[],
  readSome: (ids: readonly CheckpointId[]) => Promise<ReadonlyMap<CheckpointId, T>>,
): Promise<Readable<T>> {
  const read = new Map<CheckpointId, T>();
  const unreadable = new Map<CheckpointId, string>();
  const waiting = [...batches(ids)].reverse();
  for (let some = waiting.pop(); some !== undefined; some = waiting.pop()) {
    try {
      for (const [id, one] of await readSome(some)) read.set(id, one);
    } catch (error) {
      if (!(error instanceof BadObjectError)) throw error;
      const [only] = some;
      if (some.length === 1 && only !== undefined) unreadable.set(only, error.message);
      else {
        const half = Math.ceil(some.length / 2);
        waiting.push(some.slice(half), some.slice(0, half));
      }
    }
  }
  return { read, unreadable };
}
