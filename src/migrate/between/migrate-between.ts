import type { ProgressListener } from '../../checkpoint/progress.ts';
import { executePlan } from '../../git/execute-plan.ts';
import type { Repository } from '../../git/repository.ts';
import type { LayoutName } from '../../layout/layout.ts';
import { LAYOUTS, listLayoutRefs } from '../../layout/layouts.ts';
import { V1_CUSTOM_REF } from '../../layout/ref-names.ts';
import {
  type BetweenContext,
  type BetweenPlan,
  type MadeV1,
  NO_LAYOUT_COUNTS,
  openLayout,
  planBetween,
  throughV1,
} from '../../project/between/plan-between.ts';
import type { LayoutMigration } from './layout-migration.ts';

/** Options of a migration between two layouts. V1 to V2 is `migrate`. */
export interface BetweenOptions {
  readonly from: LayoutName;
  readonly to: 'v1' | 'refs';
  /** Works out what would be done, down to the ids of the refs, and writes nothing. */
  readonly dryRun?: boolean;
  readonly onEvent?: ProgressListener;
}

/**
 * Brings one layout up to another: plans, stores the new objects, then moves all refs in one transaction that compares their old
 * values. Where somebody else moved one meanwhile, it reads again and makes a new plan. The source is only read.
 */
export async function migrateBetween(repo: Repository, options: BetweenOptions): Promise<LayoutMigration> {
  const { from, to, dryRun = false, onEvent = () => undefined } = options;
  const context: BetweenContext = { repo, dryRun, onEvent };
  let source: LayoutMigration['source'] = null;
  const makePlan = async (): Promise<BetweenPlan> => {
    const plan = await planBetween(context, from, to);
    source = plan === undefined ? null : await sourceOf(repo, from);
    return plan ?? { updates: [], writer: undefined, counts: NO_LAYOUT_COUNTS, backup: null, warnings: [] };
  };
  const message = `ckpt migrate: ${from} to ${to}`;
  const plan = dryRun ? await makePlan() : await executePlan(repo, makePlan, { message, onEvent });
  const base = { from, to, dryRun };
  const { updates, counts, backup, warnings } = plan;
  const status = source === null ? 'no-source' : updates.length === 0 ? 'up-to-date' : dryRun ? 'planned' : 'migrated';
  return { ...base, status, source, refs: updates, counts, backup, warnings };
}

async function sourceOf(repo: Repository, from: LayoutName): Promise<LayoutMigration['source']> {
  const refs = await listLayoutRefs(repo);
  const view = openLayout(repo, from, refs);
  const custom = refs.find(({ name }) => name === V1_CUSTOM_REF);
  if (view === undefined) return custom === undefined ? null : { ref: custom.name, commit: custom.id };
  return { ref: view.where, commit: (from === 'refs' ? undefined : view.tips[0]) ?? null };
}

/** The layouts that are here, in the order in which one is taken as the source where the user names none. */
export async function layoutsHere(repo: Repository): Promise<LayoutName[]> {
  const refs = await listLayoutRefs(repo);
  return LAYOUTS.flatMap(({ name }) => (openLayout(repo, name, refs) === undefined ? [] : [name]));
}

/**
 * The V1 that git-refs would be, and the repository for `migrate` to project it onto V2; `undefined` where there are none.
 */
export async function refsAsV1(repo: Repository, dryRun: boolean): Promise<MadeV1 | undefined> {
  const view = openLayout(repo, 'refs', await listLayoutRefs(repo));
  return view && throughV1({ repo, dryRun, onEvent: () => undefined }, view);
}
