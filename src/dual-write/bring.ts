import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { FullCurrentMode } from '../generations/generation.ts';
import type { SizeRecord } from '../generations/size.ts';
import type { Ref, RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutName, LayoutPair } from '../layout/layout.ts';
import { isFreeLayout, isMadeOf, listLayoutRefs } from '../layout/layouts.ts';
import { NO_LAYOUT_COUNTS } from '../project/between/layout-counts.ts';
import { isAsSeen, seenAfter } from '../project/between/seen-refs.ts';
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
  /** Where refs of before are that were replaced, and what other programs have taken from V2's generations. */
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
  if (isFreeLayout(to)) {
    const onEvent = () => {};
    const { updateBetween } = await import('../project/between/update-between.ts');
    const message = `ckpt dual-write: ${from} to ${to}`;
    const seen = await readSeen(repo, from, to);
    const plan = await updateBetween(repo, { from, to, message, seen, onEvent });
    await rememberSeen(repo, from, to, plan.seen);
    return { updates: plan.updates, warnings: [] };
  }
  return isMadeOf({ from, to }) ? bringV2(repo, undefined, options) : bringV2From(repo, { from, to }, options);
}

async function bringV2(repo: Repository, source: Ref | undefined, options: BringOptions): Promise<Brought> {
  const { updateV2 } = await import('../project/v2/update-v2.ts');
  const onEvent = () => {};
  const asked = { ...options, rebuild: false, comparesAgain: true, source, onEvent };
  const { updates, mode, warnings } = await updateV2(repo, asked);
  return { updates, warnings: mode === 'foreign' ? [] : warnings };
}

/** V2 is projected from V1 alone: another layout becomes one first, which reads all of it. So nothing is done where no ref has moved. */
async function bringV2From(repo: Repository, pair: LayoutPair, options: BringOptions): Promise<Brought> {
  const { from, to } = pair;
  const before = { refs: await listLayoutRefs(repo), deleted: new Set<CheckpointId>() };
  const seen = options.sizeRecord === undefined ? await readSeen(repo, from, to) : undefined; // it may be a new one
  if (seen !== undefined && isAsSeen(seen, pair, before)) return NOTHING_BROUGHT;
  const { madeV1 } = await import('../project/between/plan-between.ts');
  const made = await madeV1(repo, from, false);
  if (made === undefined) return NOTHING_BROUGHT;
  const brought = await bringV2(repo, made.v1, options);
  const run = { updates: brought.updates, counts: NO_LAYOUT_COUNTS, left: null, madeV1: made.v1.id };
  const after = seenAfter(pair, before, run);
  await rememberSeen(repo, from, to, after);
  return brought;
}

const NOTHING_BROUGHT: Brought = { updates: [], warnings: [] };
