import type { RefUpdate } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import type { WriteMode } from '../stores/settings.ts';
import type { AwaitedWrite } from './awaited-write.ts';

/** What became of a layout that follows the primary one. */
export type TargetOutcome =
  | 'ok'
  | 'failed'
  | 'timeout'
  /** A process of its own brings it up. */
  | 'background';

/** A layout that is kept in step, and what became of it. */
export interface WrittenTarget {
  readonly layout: LayoutName;
  readonly outcome: TargetOutcome;
}

/** What became of V2. */
export type SplitOutcome =
  /** V2 is brought up to V1, or was already. */
  | 'ok'
  /** The settings do not turn V2 on: nothing of it was touched. */
  | 'off'
  /** V2 could not be written. V1 is; the next run closes the gap. */
  | 'failed'
  /** V2 took longer than the time limit. The next run closes the gap. */
  | 'timeout'
  /** A process of its own writes V2. */
  | 'background';

/** What a run of dual-write did. */
export interface DualWriteResult {
  readonly mode: WriteMode;
  /** The checkpoint that was written; `null` for the mirror. */
  readonly checkpoint: string | null;
  readonly session: string | null;
  /** The refs that moved, in all layouts. */
  readonly refs: readonly RefUpdate[];
  /** How many secrets were taken out of what was stored. */
  readonly redactionCount: number;
  readonly v2: SplitOutcome;
  /** The layout that is written first, and the source of the others. */
  readonly primary: LayoutName;
  /** The layouts that follow it. */
  readonly targets: readonly WrittenTarget[];
  /** What became of the write that an agent's event announced; `null` where the run was given no event. */
  readonly awaited: AwaitedWrite | null;
  readonly warnings: readonly string[];
}
