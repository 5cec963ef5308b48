import { GitError } from '../git/errors.ts';
import { idsOf } from '../git/object-id.ts';
import { type UnusableObjects, unusableAmongReached } from '../git/reached-objects.ts';
import type { Repository } from '../git/repository.ts';
import { spoiledLoose } from '../git/spoiled-loose.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { type Compared, NOTHING_COMPARED } from './comparison.ts';
import type { ObjectsLook } from './deep/layout-contents.ts';
import { type Finding, finding } from './finding.ts';

/** As `checkObjects`, of V2. Where the comparison fails because of an object that is gone or damaged, that is the result. */
export async function withObjects(
  comparing: Promise<Compared>,
  repo: Repository,
  refs: LayoutRefs,
  look: ObjectsLook,
): Promise<Compared> {
  const [comparison, objects] = await Promise.allSettled([comparing, checkObjects(repo, refs, look)]);
  if (objects.status === 'rejected') throw comparison.status === 'rejected' ? comparison.reason : objects.reason;
  if (comparison.status === 'rejected') {
    const isExplained = comparison.reason instanceof GitError && objects.value.some(isError);
    if (!isExplained) throw comparison.reason;
    return { ...NOTHING_COMPARED, findings: objects.value };
  }
  return { ...comparison.value, findings: [...comparison.value.findings, ...objects.value] };
}

const isError = ({ severity }: Finding) => severity === 'error';

/**
 * Proves, beside a comparison that is under way, that every object which a layout needs is here: a comparison by ids takes that on trust.
 * Of the whole, one walk over what its refs reach, history included; of some checkpoints, what lies in their folders.
 */
export async function checkObjects(repo: Repository, refs: LayoutRefs, look: ObjectsLook): Promise<Finding[]> {
  const { gitRefs, checkpoints } = look;
  const tips = gitRefs === undefined ? [...refs.v2.values()] : idsOf(gitRefs);
  const unusable = await (checkpoints === undefined ? unusableAmongReached(repo, tips) : inSome(repo, refs, look));
  const promised = await repo.promisedObjects([...unusable.absent]);
  const gone = new Set([...unusable.absent].filter((id) => !promised.has(id)));
  const notes =
    promised.size === 0 ? [] : [await promisedNote(repo, promised.size, gitRefs ? 'git-refs need' : 'V2 needs')];
  if (gone.size + unusable.damaged.size === 0) return notes;
  // Loaded only here: where each object belongs takes a look at every path.
  const { placeObjects } = await import('./deep/place-objects.ts');
  return [...notes, ...(await placeObjects(repo, refs, look, { absent: gone, damaged: unusable.damaged }))];
}

async function inSome(repo: Repository, refs: LayoutRefs, look: ObjectsLook): Promise<UnusableObjects> {
  const { contentsOf } = await import('./deep/layout-contents.ts');
  const { v2 } = await contentsOf(repo, refs, look);
  const files = new Set([...idsOf(v2.files), ...v2.others.files]);
  const [absent, spoiled] = [new Set(await repo.absentObjects([...files])), await spoiledLoose(repo)];
  const damaged = new Map([...spoiled].filter(([id]) => files.has(id)));
  for (const { id, reason } of v2.unread) {
    if (reason === undefined) absent.add(id);
    else damaged.set(id, reason);
  }
  return { absent, damaged };
}

async function promisedNote(repo: Repository, count: number, whoNeeds: string): Promise<Finding> {
  const [objects, is] = count === 1 ? ['one object', 'is'] : [`${count} objects`, 'are'];
  return finding(
    'OBJECT_PROMISED',
    `${objects} that ${whoNeeds} ${is} not in this partial clone; ${await repo.promisorRemote()} should have ${count === 1 ? 'it' : 'them'}`,
  );
}
