import type { OddityCode } from '../checkpoint/oddity.ts';
import type { RefUpdate } from '../git/repository.ts';

/** How a migration goes about it. */
export type MigrationMode =
  /** There is no V2 yet: all of V1's history is projected. */
  | 'first'
  /** V2 is a projection of an older V1: what V1 has got since is projected. */
  | 'incremental'
  /** V2 was written by something else: what it lacks is added in one commit on top of it. */
  | 'foreign'
  /** All of V1's history is projected afresh, in place of the V2 that is there (`--rebuild`). */
  | 'rebuild';

/** How a migration ended. */
export type MigrationStatus =
  /** The repository has no V1 branch. */
  | 'no-v1'
  /** V2 has everything already. */
  | 'up-to-date'
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
}

/** An oddity of V1 with all the places where it was met. */
export interface OddityGroup {
  readonly code: OddityCode;
  readonly description: string;
  readonly count: number;
  /** The checkpoints that have it, each once. */
  readonly checkpoints: readonly string[];
}

/** What a migration did, or in a dry run would do. */
export interface MigrateResult {
  readonly status: MigrationStatus;
  readonly mode: MigrationMode | null;
  readonly v1: { readonly ref: string; readonly tip: string } | null;
  /** The refs that moved, with the values before and after; `null` stands for "no such ref". */
  readonly refs: readonly RefUpdate[];
  readonly counts: MigrationCounts;
  readonly oddities: readonly OddityGroup[];
  /** The prefix below which a rebuild kept the refs that it replaced. */
  readonly backup: string | null;
  readonly warnings: readonly string[];
  readonly dryRun: boolean;
}

export const NO_COUNTS: MigrationCounts = {
  commits: 0,
  checkpoints: 0,
  sessions: 0,
  generations: 0,
  changedGenerations: 0,
  currentCheckpoints: 0,
};
