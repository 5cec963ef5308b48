import { backupOf } from '../../../generations/backup.ts';
import type { ObjectId, RefName } from '../../../git/object-id.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../../../git/repository.ts';
import { V2_MAIN_REF, V2_MANIFEST_REF, V2_PREFIX } from '../../../layout/ref-names.ts';
import type { United, UnitedRef } from '../../result.ts';
import type { V2Side } from './v2-side.ts';

/** How the refs of V2 here move when two V2s are united. */
export interface UnionPlan extends United {
  readonly updates: readonly RefUpdate[];
  readonly writer?: ObjectWriter;
}

/** Nothing is to be done. */
export const NOTHING: UnionPlan = { updates: [], refs: [], mergedCheckpoints: [], backup: null, warnings: [] };

/** A plan that keeps archives which go, and, where a version of a transcript is replaced, the generations of both. */
export async function withBackup(
  repo: Repository,
  ours: readonly Ref[],
  updates: readonly RefUpdate[],
  { isReplaced, theirs }: { readonly isReplaced: boolean; readonly theirs?: V2Side },
): Promise<UnionPlan> {
  const old = new Map(ours.map(({ name, id }) => [name, id]));
  const kept = new Map<RefName, ObjectId>();
  for (const { ref, new: to } of updates) {
    const id = old.get(ref);
    if (ref === V2_MAIN_REF || ref === V2_MANIFEST_REF) continue;
    if (id !== undefined && (to === null || isReplaced)) kept.set(ref, id);
    const their = isReplaced ? theirs?.refs.v2.get(ref) : undefined;
    if (their !== undefined) kept.set(`${V2_PREFIX}remote/${ref.slice(V2_PREFIX.length)}`, their);
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
