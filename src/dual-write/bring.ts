import type { FullCurrentMode } from '../generations/generation.ts';
import type { SizeRecord } from '../generations/size.ts';
import type { Ref, RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { readSeen, rememberSeen } from '../stores/seen.ts';

/** How V2 is kept. */
export interface BringOptions {
  readonly maxCheckpoints: number;
  readonly sizeRecord?: SizeRecord | undefined;
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
  const onEvent = () => {};
  if (to !== 'v2') {
    const { updateBetween } = await import('../project/between/update-between.ts');
    const message = `ckpt dual-write: ${from} to ${to}`;
    const seen = await readSeen(repo, from, to);
    const plan = await updateBetween(repo, { from, to, message, seen, onEvent });
    await rememberSeen(repo, from, to, plan.seen);
    return { updates: plan.updates, warnings: [] };
  }
  const source = from === 'v1' ? undefined : await madeFrom(repo, from);
  if (from !== 'v1' && source === undefined) return { updates: [], warnings: [] };
  const { updateV2 } = await import('../project/v2/update-v2.ts');
  const { updates, mode, warnings } = await updateV2(repo, { ...options, rebuild: false, source, onEvent });
  return { updates, warnings: mode === 'rewritten' ? warnings : [] };
}

/** The V1 that another layout would be, for V2, which is projected from V1 alone. */
async function madeFrom(repo: Repository, from: LayoutName): Promise<Ref | undefined> {
  const { madeV1 } = await import('../project/between/plan-between.ts');
  return (await madeV1(repo, from, false))?.v1;
}
