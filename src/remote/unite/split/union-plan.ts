import { backupOf } from '../../../generations/backup.ts';
import type { ObjectId, RefName } from '../../../git/object-id.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../../../git/repository.ts';
import { BRANCH_REF, MAIN_REF, MANIFEST_REF, SPLIT_PREFIX } from '../../../layout/ref-names.ts';
import { byRemoteName, trackingPrefix } from '../../../standing/remote-refs.ts';
import type { United, UnitedRef } from '../../result.ts';
import type { SplitSide } from './split-side.ts';

/** How the refs of V2 here move when two V2s are united. */
export interface UnionPlan extends United {
  readonly updates: readonly RefUpdate[];
  readonly writer?: ObjectWriter;
}

/** The refs of V1 and V2 that are here, and those of V2 that were fetched from a remote, by their names there. */
export interface BothRefs {
  readonly ours: readonly Ref[];
  readonly theirs: readonly Ref[];
}

export async function readBothRefs(repo: Repository, remote: string): Promise<BothRefs> {
  const tracked = byRemoteName(remote, await repo.listRefs(trackingPrefix(remote)));
  const theirs = [...tracked].filter(([name]) => name.startsWith(SPLIT_PREFIX)).map(([name, { id }]) => ({ name, id }));
  return { ours: await repo.listRefs(BRANCH_REF, SPLIT_PREFIX), theirs };
}

/** The id of a ref among these; `undefined` where it is not there. */
export function idOf(refs: readonly Ref[], ref: RefName): ObjectId | undefined {
  return refs.find(({ name }) => name === ref)?.id;
}

/** Nothing is to be done. */
export const NOTHING_TO_UNITE: UnionPlan = { updates: [], refs: [], mergedCheckpoints: [], backup: null, warnings: [] };

/** A plan that keeps archives which go, and, where a version of a transcript is replaced, the generations of both. */
export async function withBackup(
  repo: Repository,
  ours: readonly Ref[],
  updates: readonly RefUpdate[],
  { isReplaced, theirs }: { readonly isReplaced: boolean; readonly theirs?: SplitSide },
): Promise<UnionPlan> {
  const old = new Map(ours.map(({ name, id }) => [name, id]));
  const kept = new Map<RefName, ObjectId>();
  for (const { ref, new: to } of updates) {
    const id = old.get(ref);
    if (ref === MAIN_REF || ref === MANIFEST_REF) continue;
    if (id !== undefined && (to === null || isReplaced)) kept.set(ref, id);
    const their = isReplaced ? theirs?.refs.v2.get(ref) : undefined;
    if (their !== undefined) kept.set(`${SPLIT_PREFIX}remote/${ref.slice(SPLIT_PREFIX.length)}`, their);
  }
  const { prefix, updates: backups, warnings } = await backupOf(repo, kept);
  const gone = updates.flatMap(({ ref, new: to }) => (to === null ? [ref] : []));
  const lines = [
    ...(gone.length > 0 ? [`${gone.join(', ')}: gone there, and here as well; kept under ${prefix}`] : []),
    ...(isReplaced ? [`of some transcript both had a version, and one counts; both are kept under ${prefix}`] : []),
  ];
  const refs = updates.map(({ ref, old: from, new: to }): UnitedRef => {
    const isMerged = theirs !== undefined && to !== null && theirs.refs.v2.get(ref) !== to;
    const change = to === null ? 'deleted' : isMerged ? 'merged' : from === null ? 'created' : 'forwarded';
    return { ref, layout: 'v2', change, old: from, new: to };
  });
  const all = [...backups, ...updates];
  return { updates: all, refs, mergedCheckpoints: [], backup: prefix, warnings: [...lines, ...warnings] };
}
