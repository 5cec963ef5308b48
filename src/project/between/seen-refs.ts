import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Ref, RefUpdate } from '../../git/repository.ts';
import { isObject } from '../../json/read.ts';
import type { LayoutPair } from '../../layout/layout.ts';
import { layoutOf } from '../../layout/layouts.ts';
import { checkpointOfRef, SECOND_BRANCH_REF } from '../../layout/ref-names.ts';
import { countsWhenDone, type LayoutMigrationCounts } from './layout-counts.ts';

/**
 * What a run from one layout to another has left: a run that finds the same has nothing to do, and one from git-refs looks at the refs that
 * have moved alone.
 */
export interface SeenRefs {
  readonly rules: number;
  /** The commits of all refs of both layouts, by their names. */
  readonly refs: Readonly<Record<string, ObjectId>>;
  /** Checkpoints that were deleted here, in the order of their IDs. */
  readonly deleted: readonly CheckpointId[];
  /** What a run counts that finds this. */
  readonly counts: LayoutMigrationCounts;
  /** As `BetweenPlan.left`; `null` where the run was not asked. */
  readonly left: readonly CheckpointId[] | null;
  /** The V1 that git-refs were turned into on the way to V2; its commits may be gone again. */
  readonly madeBranch?: ObjectId;
}

/** One more with each change of what a migration makes of the same refs: what an older program has left is looked at again. */
const RULES = 1;

/** What is there before a run. */
export interface BeforeRun {
  readonly refs: readonly Ref[];
  readonly deleted: ReadonlySet<CheckpointId>;
}

/** What a run leaves that has moved these refs; `undefined` where the next one has to look at everything again. */
export function seenAfter(
  pair: LayoutPair,
  { refs, deleted }: BeforeRun,
  run: Pick<SeenRefs, 'counts' | 'left' | 'madeBranch'> & { readonly updates: readonly RefUpdate[] },
): SeenRefs | undefined {
  if (run.counts.ahead > 0) return undefined;
  const ids = new Map(refs.map(({ name, id }) => [name, id]));
  for (const { ref, new: id } of run.updates) {
    if (id === null) ids.delete(ref);
    else ids.set(ref, id);
  }
  const moved = [...ids].map(([name, id]) => ({ name, id }));
  const after = refsOf(pair, moved);
  const counts = countsWhenDone(run.counts);
  const { left, madeBranch } = run;
  return { rules: RULES, refs: after, deleted: [...deleted].sort(), counts, left, ...(madeBranch && { madeBranch }) };
}

/** Whether everything is as a run has left it. */
export function isAsSeen(seen: SeenRefs, pair: LayoutPair, { refs, deleted }: BeforeRun): boolean {
  const now = Object.entries(refsOf(pair, refs));
  return (
    now.length === Object.keys(seen.refs).length &&
    now.every(([name, id]) => seen.refs[name] === id) &&
    seen.deleted.length === deleted.size &&
    seen.deleted.every((id) => deleted.has(id))
  );
}

/** The checkpoints whose refs have moved since; `undefined` where all have to be looked at: V1, or what it was projected to, is another. */
export function movedSince(
  seen: SeenRefs | undefined,
  v1: Ref | undefined,
  refs: readonly Ref[],
): ReadonlySet<CheckpointId> | undefined {
  if (seen === undefined || v1 === undefined || seen.refs[v1.name] !== v1.id) return undefined;
  const moved = refs.filter(({ name, id }) => seen.refs[name] !== id);
  const checkpoints = moved.map(({ name }) => checkpointOfRef(name));
  if (checkpoints.includes(undefined)) return undefined;
  return new Set(checkpoints as CheckpointId[]);
}

/** What was kept of an earlier run; `undefined` where that is nothing of this program. */
export function parseSeenRefs(value: unknown): SeenRefs | undefined {
  if (!isObject(value) || value.rules !== RULES) return undefined;
  const { refs, deleted, counts, left } = value;
  const isWhole =
    isObject(refs) && isObject(counts) && Array.isArray(deleted) && (left === null || Array.isArray(left));
  return isWhole ? (value as unknown as SeenRefs) : undefined;
}

/** All that a run reads of both layouts. */
function refsOf({ from, to }: LayoutPair, all: readonly Ref[]): Record<string, ObjectId> {
  const read = [...layoutOf(from).refs(all), ...layoutOf(to).refs(all), ...all.filter(isSecondV1)];
  return Object.fromEntries(read.map(({ name, id }) => [name, id]));
}

function isSecondV1({ name }: Ref): boolean {
  return name === SECOND_BRANCH_REF;
}
