import type { ObjectId, RefName } from '../git/object-id.ts';
import type { HooksStatus } from '../hooks/hooks-report.ts';
import type { LayoutName } from '../layout/layout.ts';
import type { Relation } from '../project/relation.ts';
import type { PrimaryLayout } from '../stores/primary-layout.ts';
import type { SettingSource } from '../stores/settings.ts';
import type { LayoutStanding, Standings } from './layout-standings.ts';
import type { Problem } from './problem.ts';

/** The V1 branch. */
export interface BranchStatus {
  readonly ref: RefName;
  readonly commit: ObjectId;
  /** True where there is no branch here, only origin's as it was fetched. */
  readonly isRemoteCopy: boolean;
  /** `commits` is `null` in a shallow clone. */
  readonly counts: { readonly commits: number | null; readonly checkpoints: number; readonly sessions: number };
}

/** V2's `main`. */
export interface MainStatus {
  readonly ref: RefName;
  readonly commit: ObjectId;
  readonly counts: { readonly checkpoints: number };
}

/** How far V2 has got with V1. */
export interface Coverage {
  /** How `main` relates to V1; `none`: there is no `main`, `unknown`: the history that is here does not tell. */
  readonly relation: Relation['kind'] | 'none' | 'unknown';
  /**
   * V1 commits that are not projected yet, `null` where that can't be counted; and V1 checkpoints that `main` does not have as
   * they are at V1's tip.
   */
  readonly counts: { readonly commits: number | null; readonly checkpoints: number };
}

/** One generation, from the first on; `full/current` comes last. */
export interface GenerationStatus {
  /** `null` for `full/current`. */
  readonly number: number | null;
  readonly state: 'current' | 'archived' | 'pruned' | 'missing' | 'unreadable';
  /** `null` where there is nothing to count. */
  readonly checkpointCount: number | null;
  /** The least and the greatest session `created_at`, as written; `null` where it is not known. */
  readonly oldest: string | null;
  readonly newest: string | null;
  /** Bytes of its files, transcripts nearly all of them, uncompressed; `null` for what is not here. */
  readonly bytes: number | null;
  /** Files whose content is not in this repository; they are not in `bytes`. */
  readonly absentFileCount: number;
  /** Whether the retention of the settings is over. */
  readonly isPastRetention: boolean;
  /** Whether V1 has every checkpoint that it holds, by their IDs: nothing is to be pruned of it then. */
  readonly isInV1: boolean;
}

/** What a layout lacks that the next hook brings there. */
export interface Pending {
  readonly layout: LayoutName;
  /** Checkpoints that came or changed since the mirror last ran. */
  readonly checkpointCount: number;
}

/** What `ckpt status` prints. */
export interface StatusReport {
  readonly repository: { readonly isBare: boolean; readonly isShallow: boolean };
  /** The layout that is written first, and what says so; `null` where the settings can't be read. */
  readonly primary: PrimaryLayout | null;
  /** Every layout that is here, beside the others. */
  readonly standings: readonly LayoutStanding[];
  /** Layouts that are here and can't be read at all: what `standings` lacks. */
  readonly unreadableLayouts: Standings['unreadable'];
  readonly v1: BranchStatus | null;
  readonly main: MainStatus | null;
  /** `null` where there is no V1 to cover. */
  readonly coverage: Coverage | null;
  /** The checkpoints that a generation holds when it is full. */
  readonly generationCapacity: number;
  readonly generations: readonly GenerationStatus[];
  /** `null` where a settings file can't be read. */
  readonly settings: readonly SettingSource[] | null;
  /** `null` where they can't be read. */
  readonly hooks: HooksStatus | null;
  /** What is behind for a moment, and is not a problem: the next hook closes it. */
  readonly pending: readonly Pending[];
  /** What needs attention, the gravest first. */
  readonly problems: readonly Problem[];
}
