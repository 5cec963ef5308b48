import type { LayoutName } from '../layout/layout.ts';
import type { Finding } from './finding.ts';
import type { LayoutPair } from './words.ts';

/** What was compared. */
export interface VerifyCounts {
  /** V1 commits whose image was looked for; 0 where the history was not compared. */
  readonly commits: number;
  readonly checkpoints: number;
  readonly sessions: number;
  /** Archived generations. */
  readonly generations: number;
  readonly currentCheckpoints: number;
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

/** What `--deep` has read. */
export interface DeepCounts {
  /** Transcripts in V2, raw and compact. */
  readonly transcriptCount: number;
  /** Distinct objects of both layouts that were read and compared with their ids. */
  readonly objectCount: number;
  /** Bytes in them. */
  readonly bytes: number;
}

/** What a verification was narrowed down to. */
export interface VerifyScope {
  /** The IDs of the checkpoints that were looked at. */
  readonly checkpoints: readonly string[];
  /** The user's commits whose trailers were read; 0 where no range was given. */
  readonly commitCount: number;
}

/** Two layouts that were compared, and how that went. */
export interface VerifiedPair extends LayoutPair {
  /** Of the layout that is the source. */
  readonly checkpointCount: number;
  readonly sessionCount: number;
  /** V1 commits whose images were looked for. */
  readonly commitCount: number;
  /** Checkpoints that were deleted here and stay away from git-refs. */
  readonly deletedCount: number;
  readonly errorCount: number;
  readonly warningCount: number;
  readonly noteCount: number;
}

/** What verify has found out. */
export interface VerifyReport {
  /** True when there is no finding of severity `error`. */
  readonly consistent: boolean;
  /** `null` where everything was compared. */
  readonly scope: VerifyScope | null;
  /** The layout that the others were compared with, and the ref that holds it or what those of many begin with. */
  readonly source: { readonly layout: LayoutName; readonly ref: string };
  /** What was compared; none where only one layout is here. */
  readonly pairs: readonly VerifiedPair[];
  /** `tip` is `null` where V1 is gone. */
  readonly v1: { readonly ref: string; readonly tip: string | null };
  readonly v2: {
    readonly main: string | null;
    readonly current: string | null;
    readonly archives: ReadonlyArray<{ readonly ref: string; readonly id: string }>;
  };
  readonly counts: VerifyCounts;
  /** Where `--deep` was asked for. */
  readonly deep?: DeepCounts;
  readonly findings: readonly Finding[];
}
