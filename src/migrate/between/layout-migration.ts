import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { RefUpdate } from '../../git/repository.ts';
import type { LayoutName } from '../../layout/layout.ts';
import type { SessionFates } from '../../project/back/session-fate.ts';
import type { LayoutMigrationCounts } from '../../project/between/layout-counts.ts';

/** How a migration between two layouts ended. */
export type LayoutMigrationStatus =
  /** The layout that was to be migrated is not here. */
  | 'no-source'
  /** The target has everything already. */
  | 'up-to-date'
  /** The target lacks no checkpoint and no session, and V1 has something otherwise than the source, which it keeps, or a ref can't be read. */
  | 'differs'
  /** Refs were moved. */
  | 'migrated'
  /** A dry run: refs would be moved. */
  | 'planned';

/** What a migration between two layouts did, or in a dry run would do. */
export interface LayoutMigration {
  readonly status: LayoutMigrationStatus;
  readonly from: LayoutName;
  readonly to: LayoutName;
  /** The ref that was read, or what those of many have in common, and the commit that it is at where it is one. */
  readonly source: { readonly ref: string; readonly commit: string | null } | null;
  /** The refs that moved, with the values before and after; `null` stands for "no such ref". */
  readonly refs: readonly RefUpdate[];
  readonly counts: LayoutMigrationCounts;
  /** What became of sessions of V2, by their folders there. */
  readonly sessions: SessionFates;
  /** Checkpoints that V1 has otherwise than the source, or has less of, and keeps so: a repair decides. */
  readonly leftCheckpoints: readonly CheckpointId[];
  /** The prefix below which refs are kept that were replaced. */
  readonly backup: string | null;
  readonly warnings: readonly string[];
  readonly dryRun: boolean;
}
