/** How a migration goes about it. */
export type MigrationMode =
  /** There is no V2 yet: all of V1's history is projected. */
  | 'first'
  /** V2 is a projection of an older V1: what V1 has got since is projected. */
  | 'incremental'
  /** V2 was written by something else: what it lacks is added in one commit on top of it. */
  | 'foreign'
  /** V1 was rewritten since V2 was projected from it: V2 follows it, from the fork on where both share a history. */
  | 'rewritten'
  /** All of V1's history is projected afresh, in place of the V2 that is there (`--rebuild`). */
  | 'rebuild';

/** How a migration ended. */
export type MigrationStatus =
  /** The repository has no V1 branch. */
  | 'no-v1'
  /** V2 has everything already. */
  | 'up-to-date'
  /**
   * Nothing is to be added, but V2 does not hold all that V1 does: some of the content of a V2 of another writer is not V1's and was kept, or
   * a V2 has lost some of its generations, or of the objects of its trees, since.
   */
  | 'differs'
  /** V2 was projected from a newer V1 than the one that is here. */
  | 'v2-ahead'
  /** Refs were moved. */
  | 'migrated'
  /** A dry run: refs would be moved. */
  | 'planned';

/** How much a migration projected: in a later run, what is new or has changed since the last one. */
export interface MigrationCounts {
  /** V1 commits that were projected. */
  readonly commits: number;
  readonly checkpoints: number;
  readonly sessions: number;
  /** Archived generations there are now. */
  readonly generations: number;
  /** Generations that this run archived or changed. */
  readonly changedGenerations: number;
  /** Checkpoints in `full/current` now. */
  readonly currentCheckpoints: number;
  /** Checkpoints of V1 whose transcripts were pruned with their archives, where nothing was to be done and it was looked for. */
  readonly prunedCheckpoints?: number;
}

export const NO_COUNTS: MigrationCounts = {
  commits: 0,
  checkpoints: 0,
  sessions: 0,
  generations: 0,
  changedGenerations: 0,
  currentCheckpoints: 0,
};
