import type { FullCurrentMode } from '../generations/generation.ts';
import type { SizeRecord } from '../generations/size.ts';
import type { Ref, RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutName, LayoutPair } from '../layout/layout.ts';
import { isFreeLayout, isMadeOf } from '../layout/layouts.ts';
import { readSeen, rememberSeen } from '../stores/seen.ts';
import { ThroughBranch } from '../stores/through-branch.ts';

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
  return isMadeOf({ from, to }) ? bringSplit(repo, undefined, options) : bringSplitFrom(repo, { from, to }, options);
}

async function bringSplit(repo: Repository, source: Ref | undefined, options: BringOptions): Promise<Brought> {
  const { updateSplit } = await import('../project/split/update-split.ts');
  const onEvent = () => {};
  const asked = { ...options, rebuild: false, comparesAgain: true, source, onEvent };
  const { updates, mode, warnings } = await updateSplit(repo, asked);
  return { updates, warnings: mode === 'foreign' ? [] : warnings };
}

async function bringSplitFrom(repo: Repository, pair: LayoutPair, options: BringOptions): Promise<Brought> {
  const way = await ThroughBranch.open(repo, pair);
  if (way.isAsBefore && options.sizeRecord === undefined) return NOTHING_BROUGHT; // a size may be a new one
  const made = await way.v1(false);
  if (made === undefined) return NOTHING_BROUGHT;
  const brought = await bringSplit(repo, made.v1, options);
  await way.remember(made, brought.updates);
  return brought;
}

const NOTHING_BROUGHT: Brought = { updates: [], warnings: [] };
