import type { RemoteUpdate } from '../git/network.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { CHECKPOINTS_PREFIX, checkpointOfRef, V1_REF, V2_MAIN_REF, V2_PREFIX } from '../layout/ref-names.ts';
import { relationOf } from '../standing/relation-of.ts';
import type { SentRef } from './result.ts';

/** What a remote lacks. */
export interface PushPlan {
  /** V1 and V2, which belong together: archives before what takes their place, `main` and V1 last. */
  readonly together: readonly RemoteUpdate[];
  /** Git-refs: each by itself. */
  readonly alone: readonly RemoteUpdate[];
  /** Refs of which the remote has something that is not here. */
  readonly diverged: readonly SentRef[];
}

/** Compares local refs with those of a remote. A ref that the remote has and that is not here, or is older here, is left alone. */
export async function planPush(
  repo: Repository,
  theirs: readonly Ref[],
  layouts: readonly LayoutName[] = ['v1', 'v2', 'refs'],
): Promise<PushPlan> {
  const ours = await repo.listRefs(V1_REF, CHECKPOINTS_PREFIX);
  const there = new Map(theirs.map(({ name, id }) => [name, id]));
  const together: RemoteUpdate[] = [];
  const alone: RemoteUpdate[] = [];
  const diverged: SentRef[] = [];
  const update = ({ name, id }: Ref): RemoteUpdate => ({ ref: name, old: there.get(name) ?? null, new: id });
  const judge = async (ref: Ref, layout: LayoutName, into: RemoteUpdate[]) => {
    const how = await relationOf(repo, ref.id, there.get(ref.name));
    if (how === 'ahead') into.push(update(ref));
    if (how === 'diverged') {
      const reason = 'the remote has something that is not here';
      diverged.push({ ...update(ref), layout, outcome: 'diverged', reason });
    }
    return how;
  };
  const main = ours.find(({ name }) => name === V2_MAIN_REF);
  if (layouts.includes('v2') && main !== undefined) {
    const mains: RemoteUpdate[] = [];
    const how = await judge(main, 'v2', mains);
    // The generations follow from what main was made of: they are sent where the remote's main is ours, or is contained in it.
    const generations = ours.filter(({ name }) => name.startsWith(V2_PREFIX) && name !== V2_MAIN_REF);
    const changed = generations.filter(({ name, id }) => there.get(name) !== id);
    if (how === 'ahead' || how === 'same') together.push(...changed.map(update));
    together.push(...mains);
  }
  for (const ref of ours) {
    if (ref.name === V1_REF && layouts.includes('v1')) await judge(ref, 'v1', together);
    if (checkpointOfRef(ref.name) !== undefined && layouts.includes('refs')) await judge(ref, 'refs', alone);
  }
  return { together, alone, diverged };
}
