import { CkptError } from '../checkpoint/errors.ts';
import { batches } from '../git/batches.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { PushPlan } from './plan-push.ts';

/** What a push sends at most: the remote may have some of it by other refs. */
export interface Outgoing {
  readonly objectCount: number;
  /** As stored here, compressed. */
  readonly byteCount: number;
}

/** How many blobs that are too large a message names. */
const NAMED = 3;

/**
 * Measures what a push would send, and makes sure that no blob in it is larger than the host takes. Throws a `CkptError`
 * (`BLOB_TOO_LARGE`) that names those that are, before anything is sent.
 */
export async function assertNoLargeBlobs(
  repo: Repository,
  { together, alone }: Pick<PushPlan, 'together' | 'alone'>,
  theirs: readonly Ref[],
  maxBytes: number,
): Promise<Outgoing> {
  const tips = [...together, ...alone].map((update) => update.new);
  if (tips.length === 0) return { objectCount: 0, byteCount: 0 };
  const there = theirs.map(({ id }) => id);
  const absent = await repo.absentObjects(there);
  const exclude = there.filter((id) => !absent.has(id));
  const sent: ObjectId[] = [];
  const visit = (id: ObjectId, isHere: boolean) => {
    if (isHere) sent.push(id);
  };
  await repo.visitReachable(tips, visit, { exclude });
  const large: Array<readonly [ObjectId, number]> = [];
  // Sizes are numbers: of all objects at once they take less than a process for each of many batches.
  const sizes = await repo.diskSizes(sent);
  const byteCount = sizes.reduce((total: number, size) => total + (size ?? 0), 0);
  for (const batch of batches(sent)) {
    const infos = await repo.objectInfo(batch);
    batch.forEach((id, i) => {
      const info = infos[i];
      if (info?.type === 'blob' && info.size > maxBytes) large.push([id, info.size]);
    });
  }
  if (large.length > 0) throw tooLarge(large, maxBytes);
  return { objectCount: sent.length, byteCount };
}

function tooLarge(large: ReadonlyArray<readonly [ObjectId, number]>, maxBytes: number): CkptError {
  const names = large.slice(0, NAMED).map(([id, size]) => `${id} (${size} bytes)`);
  const more = large.length > NAMED ? ` and ${large.length - NAMED} more` : '';
  return new CkptError(
    'BLOB_TOO_LARGE',
    `nothing was pushed: ${names.join(', ')}${more}: larger than the ${maxBytes} bytes that a host takes`,
    { hint: ['See where it lies: ', ['git', 'log', '--all', `--find-object=${large[0]?.[0] ?? ''}`]] },
  );
}
