import type { RefChange } from '../refs/plan-refs.ts';

/** How many checkpoints something became of. */
export interface LayoutMigrationCounts extends Readonly<Record<RefChange, number>> {
  /** Commits that were projected or made. */
  readonly commits: number;
  /** Checkpoints that were deleted here, and stay away. */
  readonly deleted: number;
  /** Checkpoints that V1 lacked, and has again. */
  readonly restored: number;
  /** Checkpoints that got sessions which V1 lacked, or what these have become since V1 got them. */
  readonly joined: number;
}

export const NO_LAYOUT_COUNTS: LayoutMigrationCounts = {
  commits: 0,
  created: 0,
  advanced: 0,
  replaced: 0,
  added: 0,
  foreign: 0,
  ahead: 0,
  same: 0,
  deleted: 0,
  restored: 0,
  joined: 0,
};

/** What the next run counts where nothing moves meanwhile: what this one has made is there already then. */
export function countsWhenDone(counts: LayoutMigrationCounts): LayoutMigrationCounts {
  const { created, advanced, replaced, same, added, foreign, deleted } = counts;
  return {
    ...NO_LAYOUT_COUNTS,
    same: same + created + advanced + replaced,
    foreign: foreign + added,
    deleted,
  };
}
