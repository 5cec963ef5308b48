import type { OddityCode } from '../checkpoint/oddity.ts';
import type { RefUpdate } from '../git/repository.ts';
import type { MigrationCounts, MigrationMode, MigrationStatus } from '../project/split/outcome.ts';

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
