import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { LayoutName } from '../../layout/layout.ts';
import type { CheckpointReport } from '../checkpoint-report.ts';
import type { ListedCheckpoint } from '../list-checkpoints.ts';
import type { OpenTranscript } from './transcript-pages.ts';

/** A checkpoint of which nothing can be shown but why. */
export interface UnreadableRow {
  readonly checkpoint: CheckpointId;
  readonly error: string;
}

/** A checkpoint in the list. */
export type BrowseRow = ListedCheckpoint | UnreadableRow;

/** The first checkpoints of the list, as many as were asked for or there are, and how many there are. */
export interface BrowseOrder {
  readonly total: number;
  readonly ids: readonly CheckpointId[];
}

/** How far a search is: what it found since it was last said, how many checkpoints it has looked at, those it could not read. */
export interface SearchStep {
  readonly found: readonly CheckpointId[];
  readonly looked: number;
  readonly unreadable: number;
}

/** A session's own files as text; `null` where there is none. What can't be read says why. */
export interface SessionTexts {
  readonly prompts: string | null;
  readonly metadata: string | null;
}

/**
 * All that `ckpt browse` reads, little by little. Without a layout, each checkpoint is read in the one that the settings put
 * first. Every function but `layouts` may throw what reading a repository throws; a caller shows it and goes on.
 */
export interface BrowseSource {
  /** The layouts that there are. */
  readonly layouts: readonly LayoutName[];
  /** The first `count` checkpoints, the one that was written last in front. */
  order(layout: LayoutName | undefined, count: number): Promise<BrowseOrder>;
  /** What the list shows of these. */
  rows(layout: LayoutName | undefined, ids: readonly CheckpointId[]): Promise<BrowseRow[]>;
  /**
   * Looks for checkpoints that have what was typed, as `parseSearch` reads it, in the order of the list, until the signal says that
   * nobody waits any more. Reports the first step at once, others every 0.4 s, and the last.
   */
  search(
    layout: LayoutName | undefined,
    text: string,
    signal: AbortSignal,
    onStep: (step: SearchStep) => void,
  ): Promise<void>;
  checkpoint(layout: LayoutName | undefined, id: CheckpointId): Promise<CheckpointReport>;
  sessionTexts(layout: LayoutName | undefined, id: CheckpointId, session: string): Promise<SessionTexts>;
  transcript(layout: LayoutName | undefined, id: CheckpointId, session: string): OpenTranscript;
  /** Ends what is read ahead. */
  close(): Promise<void>;
}
