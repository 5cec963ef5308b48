import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { GitError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { type UnusableObjects, unusableAmongReached } from '../git/reached-objects.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { type Compared, NOTHING_COMPARED } from './comparison.ts';
import { type Finding, finding } from './finding.ts';

/**
 * Proves, beside a comparison that is under way, that every object which V2 needs is here: a comparison by ids takes that on trust.
 * Of the whole, one walk over what V2's refs reach, history included; of some checkpoints, what lies in their folders. Where the comparison fails
 * because of an object that is gone or damaged, that is the result.
 */
export async function withObjects(
  comparing: Promise<Compared>,
  repo: Repository,
  refs: LayoutRefs,
  v1: Ref | undefined,
  checkpoints: readonly CheckpointId[] | undefined,
): Promise<Compared> {
  const [comparison, objects] = await Promise.allSettled([comparing, checkObjects(repo, refs, v1, checkpoints)]);
  if (objects.status === 'rejected') throw comparison.status === 'rejected' ? comparison.reason : objects.reason;
  if (comparison.status === 'rejected') {
    const isExplained = comparison.reason instanceof GitError && objects.value.some(isError);
    if (!isExplained) throw comparison.reason;
    return { ...NOTHING_COMPARED, findings: objects.value };
  }
  return { ...comparison.value, findings: [...comparison.value.findings, ...objects.value] };
}

const isError = ({ severity }: Finding) => severity === 'error';

async function checkObjects(
  repo: Repository,
  refs: LayoutRefs,
  v1: Ref | undefined,
  checkpoints: readonly CheckpointId[] | undefined,
): Promise<Finding[]> {
  const unusable = await (checkpoints === undefined
    ? unusableAmongReached(repo, [...refs.v2.values()])
    : inSome(repo, refs, v1, checkpoints));
  const promised = await repo.promisedObjects([...unusable.absent]);
  const gone = new Set([...unusable.absent].filter((id) => !promised.has(id)));
  const notes = promised.size === 0 ? [] : [await promisedNote(repo, promised.size)];
  if (gone.size + unusable.damaged.size === 0) return notes;
  // Loaded only here: where each object belongs takes a look at every path.
  const { placeObjects } = await import('./deep/place-objects.ts');
  return [...notes, ...(await placeObjects(repo, refs, v1, { absent: gone, damaged: unusable.damaged }, checkpoints))];
}

async function inSome(
  repo: Repository,
  refs: LayoutRefs,
  v1: Ref | undefined,
  checkpoints: readonly CheckpointId[],
): Promise<UnusableObjects> {
  const { layoutContents } = await import('./deep/layout-contents.ts');
  const { v2 } = await layoutContents(repo, refs, v1, new Set(checkpoints));
  const absent = new Set(await repo.absentObjects([...new Set(v2.files.map(({ id }) => id))]));
  const damaged = new Map<ObjectId, string>();
  for (const { id, reason } of v2.unread) {
    if (reason === undefined) absent.add(id);
    else damaged.set(id, reason);
  }
  return { absent, damaged };
}

async function promisedNote(repo: Repository, count: number): Promise<Finding> {
  const what = count === 1 ? 'one object that V2 needs is' : `${count} objects that V2 needs are`;
  return finding(
    'OBJECT_PROMISED',
    `${what} not in this partial clone; ${await repo.promisorRemote()} should have ${count === 1 ? 'it' : 'them'}`,
  );
}
