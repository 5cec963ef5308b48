import { deflateSync } from 'node:zlib';
import { CkptError } from '../checkpoint/errors.ts';
import { someOf } from '../checkpoint/some-of.ts';
import { linksOf } from '../git/links.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { GitObject, Ref, Repository } from '../git/repository.ts';
import { stagedRepository } from '../git/staged-repository.ts';
import { placeBlobs } from './place-blobs.ts';
import type { PushPlan } from './plan-push.ts';

/** What a push sends at most: the remote may have some of it by other refs. */
export interface Outgoing {
  readonly objectCount: number;
  /** As stored here, compressed. */
  readonly byteCount: number;
  /** What of it is not in this repository, and no promisor remote has either: what leads to it can't be sent. */
  readonly absent: readonly ObjectId[];
}

/** How many blobs that are too large a message names. */
const NAMED = 3;

/**
 * Measures what a push would send, and makes sure that no blob in it is larger than the host takes. Throws a `CkptError`
 * (`BLOB_TOO_LARGE`) that names where those lie that are, before anything is sent.
 */
export async function assertNoLargeBlobs(
  repo: Repository,
  { together, alone }: Pick<PushPlan, 'together' | 'alone'>,
  theirs: readonly Ref[],
  { maxBytes, planned }: { readonly maxBytes: number; readonly planned: ObjectOverlay },
): Promise<Outgoing> {
  const wanted = [...together, ...alone].map((update) => update.new);
  if (wanted.length === 0) return { objectCount: 0, byteCount: 0, absent: [] };
  const { tips, made } = await plannedAmong(repo, planned, wanted);
  const there = idsOf(theirs);
  const absent = await repo.absentObjects(there);
  const exclude = there.filter((id) => !absent.has(id));
  const sent: ObjectId[] = [];
  const notHere: ObjectId[] = [];
  const visit = (id: ObjectId, isHere: boolean) => {
    (isHere ? sent : notHere).push(id);
  };
  if (tips.length > 0) await repo.visitReachable(tips, visit, { exclude });
  const large: Array<readonly [ObjectId, number]> = [];
  let byteCount = made.reduce((total, { content }) => total + deflateSync(content).length, 0);
  // Of all at once: a process for each of many batches takes more than what is known of them.
  for (const [i, object] of (await repo.measure(sent)).entries()) {
    byteCount += object?.diskSize ?? 0;
    if (object?.type === 'blob' && object.size > maxBytes) large.push([sent[i] as ObjectId, object.size]);
  }
  if (large.length > 0) {
    const ids = large.map(([id]) => id);
    // V1 comes last in a plan, and the others are made of it: it is where a file is to be looked for first.
    const tips = [...[...together].reverse(), ...alone];
    const places = await placeBlobs(stagedRepository(repo, planned), ids, tips, there);
    throw tooLarge(large, places, maxBytes);
  }
  const promised = await repo.promisedObjects(notHere);
  return {
    objectCount: sent.length + made.length,
    byteCount,
    absent: notHere.filter((id) => !promised.has(id)),
  };
}

/** What is said where objects are absent that a push would send. */
export function absentWords(absent: readonly ObjectId[]): string {
  const count = absent.length;
  const what = count === 1 ? '1 object is' : `${count} objects are`;
  return `${what} absent from this repository (${someOf(absent, NAMED)}): a ref that leads there can't be pushed. See whose: ckpt verify --deep`;
}

/** The objects that a dry run would have made, and what is here that these and the other tips lead to. */
async function plannedAmong(
  repo: Repository,
  planned: ObjectOverlay,
  wanted: readonly ObjectId[],
): Promise<{ readonly tips: readonly ObjectId[]; readonly made: readonly GitObject[] }> {
  const made = new Map<ObjectId, GitObject>();
  const tips = new Set<ObjectId>();
  const waiting = [...wanted];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const object = planned.staged(id);
    if (object === undefined) tips.add(id);
    else if (!made.has(id)) {
      made.set(id, object);
      for (const link of linksOf(object)) waiting.push(link.id);
    }
  }
  const here = [...tips, ...made.keys()];
  const absent = made.size === 0 ? new Set() : await repo.absentObjects(here);
  return {
    tips: made.size === 0 ? [...tips] : here.filter((id) => !absent.has(id)),
    made: [...made.values()].filter(({ id }) => absent.has(id)),
  };
}

function tooLarge(
  large: ReadonlyArray<readonly [ObjectId, number]>,
  places: ReadonlyMap<ObjectId, string>,
  maxBytes: number,
): CkptError {
  const names = large.map(([id, size]) => `${places.get(id) ?? id} (${size} bytes)`);
  return new CkptError(
    'BLOB_TOO_LARGE',
    `nothing was pushed, as this is larger than the ${maxBytes} bytes that a host takes: ${someOf(names, NAMED)}`,
    { hint: ['See which commits have it: ', ['git', 'log', '--all', `--find-object=${large[0]?.[0] ?? ''}`]] },
  );
}
