import type { FullCurrentMode } from '../generations/generation.ts';
import { executePlan } from '../git/execute-plan.ts';
import type { Ref, RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';

/** How V2 is kept. */
export interface BringOptions {
  readonly maxCheckpoints: number;
  readonly fullCurrentMode: FullCurrentMode;
}

/** What it took. */
export interface Brought {
  /** The refs that moved. */
  readonly updates: readonly RefUpdate[];
  /** Said where refs were replaced, and not only added to: where those of before are. */
  readonly warnings: readonly string[];
}

/**
 * Brings one layout up to another: the same step as a migration, which does no more than what is new.
 * Throws where that can't be done; what was there is as it was then.
 */
export async function bring(
  repo: Repository,
  from: LayoutName,
  to: LayoutName,
  options: BringOptions,
): Promise<Brought> {
  if (to !== 'v2') return bringBetween(repo, from, to);
  const source = from === 'v1' ? undefined : await madeV1(repo, from);
  if (from !== 'v1' && source === undefined) return { updates: [], warnings: [] };
  const { updateV2 } = await import('../project/v2/update-v2.ts');
  const { updates, mode, warnings } = await updateV2(repo, { ...options, rebuild: false, source, onEvent: () => {} });
  return { updates, warnings: mode === 'rewritten' ? warnings : [] };
}

async function bringBetween(repo: Repository, from: LayoutName, to: 'v1' | 'refs'): Promise<Brought> {
  const { planBetween } = await import('../project/between/plan-between.ts');
  const context = { repo, dryRun: false, onEvent: () => {} };
  const makePlan = async () => (await planBetween(context, from, to)) ?? { updates: [], writer: undefined };
  const { updates } = await executePlan(repo, makePlan, { message: `ckpt dual-write: ${from} to ${to}` });
  return { updates, warnings: [] };
}

/** The V1 that another layout would be, for V2, which is projected from V1 alone. */
async function madeV1(repo: Repository, from: LayoutName): Promise<Ref | undefined> {
  const [{ openLayout, throughV1 }, { listLayoutRefs }] = await Promise.all([
    import('../project/between/plan-between.ts'),
    import('../layout/layouts.ts'),
  ]);
  const view = openLayout(repo, from, await listLayoutRefs(repo));
  const made = view && (await throughV1({ repo, dryRun: false, onEvent: () => {} }, view));
  return made?.v1;
}
