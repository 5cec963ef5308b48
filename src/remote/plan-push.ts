import type { RemoteUpdate } from '../git/network.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { LAYOUT_WORDS } from '../layout/layout-names.ts';
import { BRANCH_REF, CHECKPOINTS_PREFIX, checkpointOfRef, MAIN_REF, SPLIT_PREFIX } from '../layout/ref-names.ts';
import { relationOf } from '../standing/relation-of.ts';
import type { SentRef } from './result.ts';
import { findRewriting } from './unite/rewriting.ts';

/** What a remote lacks. */
export interface PushPlan {
  /** V1 and V2, which belong together: archives before what takes their place, `main` and V1 last. */
  readonly together: readonly RemoteUpdate[];
  /** Git-refs: each by itself. */
  readonly alone: readonly RemoteUpdate[];
  /** Refs of which the remote has something that is not here. */
  readonly diverged: readonly SentRef[];
}

/** What a remote has, what it had when it was asked last, and when both were united last, by the names there. */
export interface RemoteRefs {
  readonly theirs: readonly Ref[];
  readonly tracked: ReadonlyMap<RefName, Ref>;
  readonly united: ReadonlyMap<RefName, ObjectId>;
}

/** Compares local refs with those of a remote. A ref that the remote has and that is not here, or is older here, is left alone. */
export async function planPush(
  repo: Repository,
  { theirs, tracked, united }: RemoteRefs,
  layouts: readonly LayoutName[] = LAYOUT_WORDS,
): Promise<PushPlan> {
  const ours = await repo.listRefs(BRANCH_REF, CHECKPOINTS_PREFIX);
  const there = new Map(theirs.map(({ name, id }) => [name, id]));
  const together: RemoteUpdate[] = [];
  const alone: RemoteUpdate[] = [];
  const diverged: SentRef[] = [];
  const update = ({ name, id }: Ref): RemoteUpdate => ({ ref: name, old: there.get(name) ?? null, new: id });
  const judge = async (ref: Ref, layout: LayoutName, into: RemoteUpdate[]) => {
    const [their, earlier] = [there.get(ref.name), united.get(ref.name)];
    const related = await relationOf(repo, ref.id, their);
    // Taken back there: what is here goes on from it, and would bring it up again.
    const isTakenBack = related === 'ahead' && their !== undefined && their !== earlier;
    const isRewritten =
      isTakenBack && (await findRewriting(repo, { ours: ref.id, theirs: their, united: earlier })) !== undefined;
    const how = isRewritten ? 'diverged' : related;
    if (how === 'ahead') into.push(update(ref));
    if (how === 'diverged') {
      diverged.push(divergedRef(update(ref), layout));
    }
    return how;
  };
  const main = ours.find(({ name }) => name === MAIN_REF);
  if (layouts.includes('v2') && main !== undefined) {
    const mains: RemoteUpdate[] = [];
    const how = await judge(main, 'v2', mains);
    // The generations follow from what main was made of: they are sent where the remote's main is ours, or is contained in it.
    const generations = ours.filter(({ name }) => name.startsWith(SPLIT_PREFIX) && name !== MAIN_REF);
    const changed = generations.filter(({ name, id }) => there.get(name) !== id);
    // Of a generation no history says where it comes from: the remote's must be those that were united with what is here.
    const isUnknown = changed.length > 0 && hasUnknown(ours, theirs, tracked);
    if (!isUnknown && (how === 'ahead' || how === 'same'))
      for (const each of [...changed.map(update), ...mains]) together.push(each);
    if (isUnknown) for (const each of changed.map((ref) => divergedRef(update(ref), 'v2'))) diverged.push(each);
  }
  for (const ref of ours) {
    if (ref.name === BRANCH_REF && layouts.includes('v1')) await judge(ref, 'v1', together);
    if (checkpointOfRef(ref.name) !== undefined && layouts.includes('refs')) await judge(ref, 'refs', alone);
  }
  return { together, alone, diverged };
}

/** Whether some generation there is neither what is here nor what was there before, or was there before and is gone. */
function hasUnknown(ours: readonly Ref[], theirs: readonly Ref[], tracked: ReadonlyMap<RefName, Ref>): boolean {
  const here = new Map(ours.map(({ name, id }) => [name, id]));
  const there = new Set(theirs.map(({ name }) => name));
  const isOfSplit = (name: RefName) => name.startsWith(SPLIT_PREFIX);
  const isNew = ({ name, id }: Ref) => isOfSplit(name) && here.get(name) !== id && tracked.get(name)?.id !== id;
  return theirs.some(isNew) || [...tracked.keys()].some((name) => isOfSplit(name) && !there.has(name));
}

function divergedRef(update: RemoteUpdate, layout: LayoutName): SentRef {
  return { ...update, layout, outcome: 'diverged', reason: 'the remote has something that is not here' };
}
