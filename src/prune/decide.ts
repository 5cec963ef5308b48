import { isOddTime } from '../checkpoint/odd-time.ts';
import { isPast, type Retention } from '../generations/retention.ts';
import type { Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { type AgedArchive, readAges } from './archive-ages.ts';
import { findOnlyCopies, tipTrees } from './only-copies.ts';
import type { StayReason, Verdict } from './prune-result.ts';

/** By what archives are judged. */
export interface PruneRules {
  readonly retention: Retention;
  /** Whether transcripts may go that exist nowhere else. */
  readonly allowLoss: boolean;
  readonly now: Date;
}

/** An archive and what becomes of it. */
export interface Decision {
  readonly aged: AgedArchive;
  readonly verdict: Verdict;
  readonly stays: StayReason | null;
  /** Checkpoints with transcripts that exist nowhere else. */
  readonly onlyHere: readonly string[];
}

/** Decides about every archive, from the oldest to the newest. */
export async function decide(repo: Repository, refs: LayoutRefs, rules: PruneRules): Promise<Decision[]> {
  const ages = await readAges(repo, refs);
  const reasons = ages.map((aged, i) => reasonToStay(aged, ages.length - i <= rules.retention.keep, rules));
  const copies = await onlyCopies(
    repo,
    refs,
    ages.filter((_, i) => reasons[i] === null),
  );
  return ages.map((aged, i) => {
    const stays = reasons[i] ?? null;
    const onlyHere = copies.get(aged) ?? [];
    const isRefused = onlyHere.length > 0 && !rules.allowLoss;
    return { aged, verdict: stays !== null ? 'stay' : isRefused ? 'refuse' : 'prune', stays, onlyHere };
  });
}

function reasonToStay({ content, newest }: AgedArchive, isNewest: boolean, rules: PruneRules): StayReason | null {
  if (content === undefined) return 'unreadable';
  if (newest === undefined) return 'no-time';
  if (isOddTime(newest.instant, rules.now.getTime())) return 'odd-time';
  if (!isPast(newest.instant, rules.retention, rules.now)) return 'within-retention';
  return isNewest ? 'kept' : null;
}

/** What the archives that are past the retention have alone. One of them is not a place for what another one has. */
async function onlyCopies(
  repo: Repository,
  refs: LayoutRefs,
  past: readonly AgedArchive[],
): Promise<Map<AgedArchive, readonly string[]>> {
  if (past.length === 0) return new Map();
  const staying = refs.archives.filter((ref) => !past.some(({ archive }) => archive === ref)).map(({ id }) => id);
  const found = await findOnlyCopies(
    repo,
    past.map(({ content }) => content?.checkpoints ?? new Map()),
    { tips: await tipTrees(repo), generations: refs.current === undefined ? staying : [refs.current, ...staying] },
  );
  return new Map(past.map((aged, i) => [aged, found[i] ?? []]));
}
