import { backupOf } from '../generations/backup.ts';
import { GenerationState } from '../generations/generation-state.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { RefUpdate } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { generationNumber } from '../layout/ref-names.ts';
import { planForeign } from '../project/split/plan-foreign.ts';
import { readManifestEntries } from '../verify/check-manifest.ts';
import type { Finding } from '../verify/finding.ts';
import type { RepairContext } from './plan-own-repair.ts';
import type { RepairPlan } from './plan-repair.ts';
import { readableManifest } from './readable-manifest.ts';
import { ANOTHER_WRITERS, NOTHING_OF_IT, type Reason } from './unmended.ts';

/**
 * Plans the repair of a V2 that something else wrote: what a migration adds to it, and V1's content where verify has found that
 * some was lost or changed. What that V2 has besides stays.
 */
export async function planForeignRepair(context: RepairContext): Promise<RepairPlan> {
  const { repo, refs, findings, maxCheckpoints, onEvent } = context;
  const { v1 } = refs;
  const writer = repo.objectWriter();
  const manifest = readableManifest(await readManifestEntries(repo, refs));
  const refsOf = (...codes: Array<Finding['code']>) =>
    new Set(findings.flatMap(({ code, ref }) => (codes.includes(code) && ref !== undefined ? [ref] : [])));
  const readable = withoutRefs(refs, refsOf('GENERATION_UNREADABLE'));
  const empty = refsOf('GENERATION_EMPTY');
  const planning = {
    repo,
    refs: readable,
    state: new GenerationState(repo, readable, { manifest }),
    v1,
    writer,
    maxCheckpoints,
    fullCurrentMode: 'accumulate',
    onEvent,
  } as const;
  const plan = await planForeign(planning, {
    remade: refsOf('GENERATION_JSON_WRONG', 'GENERATION_JSON_MISPLACED'),
    emptied: [...refsOf('GENERATION_LOST'), ...empty].flatMap((ref) => generationNumber(ref) ?? []),
  });
  const deleted = [...empty].map((ref) => ({ ref, new: null }));
  const moved = [...plan.updates, ...deleted].map((update) => ({ ...update, old: refs.v2.get(update.ref) ?? null }));
  const updates: RefUpdate[] = moved.filter((update) => update.old !== update.new);
  const { prefix, updates: kept, warnings } = await backupOf(repo, replacedArchives(findings, updates));
  const movedRefs = new Set(updates.map(({ ref }) => ref));
  return {
    updates: [...kept, ...updates],
    writer,
    reasonOf: (finding) => reasonOf(finding, movedRefs),
    backup: prefix,
    warnings: [...plan.warnings, ...warnings],
  };
}

function reasonOf({ code, ref = '' }: Finding, moved: ReadonlySet<string>): Reason | undefined {
  if (code === 'GENERATION_UNREADABLE') return moved.has(ref) ? undefined : NOTHING_OF_IT;
  return code === 'GENERATION_MISSING' ? ANOTHER_WRITERS : undefined;
}

/** The refs as if those that can't be read were not there. */
function withoutRefs(
  refs: RepairContext['refs'],
  names: ReadonlySet<string>,
): LayoutRefs & { readonly main: ObjectId } {
  const isCurrentGone = [...names].some((name) => generationNumber(name) === undefined);
  const archives = refs.archives.filter(({ name }) => !names.has(name));
  return { ...refs, archives, current: isCurrentGone ? undefined : refs.current };
}

/** The archives in which a transcript takes the place of another one. */
function replacedArchives(findings: readonly Finding[], updates: readonly RefUpdate[]): Map<RefName, ObjectId> {
  const changed = new Set(findings.flatMap(({ code, ref }) => (code === 'TRANSCRIPT_CHANGED' ? ref : [])));
  return new Map(
    updates.flatMap(({ ref, old }): Array<[RefName, ObjectId]> => {
      return changed.has(ref) && generationNumber(ref) !== undefined && old !== null ? [[ref, old]] : [];
    }),
  );
}
