import type { LayoutName, LayoutPair } from '../layout/layout.ts';
import type { Finding } from './finding.ts';

/** What was compared. */
export interface VerifyCounts {
  /** V1 commits whose image was looked for; 0 where the history was not compared. */
  readonly commits: number;
  readonly checkpoints: number;
  readonly sessions: number;
  /** Archived generations. */
  readonly generations: number;
  readonly currentCheckpoints: number;
  /** Transcripts of V1 that V2 has no more, since their generation was pruned. */
  readonly prunedTranscripts: number;
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

/** What `--deep` has read. */
export interface DeepCounts {
  /** Transcripts in V2, raw and compact, of which every piece is here. */
  readonly transcriptCount: number;
  /** Distinct objects of both layouts that were read and compared with their ids. */
  readonly objectCount: number;
  /** Bytes in them. */
  readonly bytes: number;
}

/** What several looks have read. */
export function sumOfDeep(all: readonly DeepCounts[]): DeepCounts {
  const sum = (of: (counts: DeepCounts) => number) => all.reduce((total, counts) => total + of(counts), 0);
  return {
    transcriptCount: sum(({ transcriptCount }) => transcriptCount),
    objectCount: sum(({ objectCount }) => objectCount),
    bytes: sum(({ bytes }) => bytes),
  };
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

/** How the refs of a layout here stand to those of a remote: how many of them in each way (see `Standing`). */
export interface LayoutAtRemote {
  readonly layout: LayoutName;
  readonly inStepCount: number;
  readonly onlyHereCount: number;
  readonly onlyThereCount: number;
  /** The remote lacks what is here. */
  readonly aheadCount: number;
  /** This clone lacks what the remote has. */
  readonly behindCount: number;
  readonly divergedCount: number;
  readonly unknownCount: number;
}

/** What was asked of a remote, and what came of it. */
export interface RemoteReport {
  readonly name: string;
  /** Whether the user has named it. */
  readonly isNamed: boolean;
  /** The remote whose branches were read; `null` where a range of commits was given. */
  readonly branchesOf: string | null;
  readonly branchCount: number;
  /** Whether the user has named the checkpoints, so that those of commits were not looked for. */
  readonly isAskedFor: boolean;
  /** Commits that name a checkpoint. */
  readonly commitCount: number;
  /** Checkpoints that commits name, or that were asked for, and those of them that the remote has, does not have, and may have. */
  readonly namedCount: number;
  readonly arrivedCount: number;
  readonly missingCount: number;
  readonly unknownCount: number;
  /** Checkpoints on the push queue of Entire's client that the remote does not have. */
  readonly queuedCount: number;
  /** Of the layouts that are here or there. */
  readonly layouts: readonly LayoutAtRemote[];
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
  /** Where `--remote` was asked for: nothing else was compared then. */
  readonly remote?: RemoteReport;
  readonly findings: readonly Finding[];
}
