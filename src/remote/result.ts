import type { LayoutName } from '../layout/layout.ts';

/** What became of a local ref when it was united with the remote's. */
export interface UnitedRef {
  readonly ref: string;
  readonly layout: LayoutName;
  /**
   * `created`: it was not here; `forwarded`: the remote's went on from it; `taken-over`: it was rewritten there, and what was here is kept as a backup;
   * `merged`: both had gone on; `projected`: V2 or a git-ref, made of V1; `deleted`: an archive that is gone there.
   */
  readonly change: 'created' | 'forwarded' | 'taken-over' | 'merged' | 'projected' | 'deleted';
  readonly old: string | null;
  readonly new: string | null;
}

/** What became of the local refs, or of those of one layout. */
export interface United {
  readonly refs: readonly UnitedRef[];
  readonly mergedCheckpoints: readonly string[];
  readonly backup: string | null;
  readonly warnings: readonly string[];
}

/** What a fetch did, or would do. */
export interface FetchResult {
  readonly status: 'up-to-date' | 'fetched' | 'planned' | 'set-up' | 'removed';
  readonly remote: string;
  /** What `git fetch` takes from now on, or does not take any more: where that was asked for, and nothing else was done. */
  readonly refspecs: readonly string[];
  /** The refs of the remote that are new here or have moved, by their names there. */
  readonly fetched: ReadonlyArray<{ readonly ref: string; readonly old: string | null; readonly new: string | null }>;
  readonly united: readonly UnitedRef[];
  /** Checkpoints that both sides had changed. */
  readonly mergedCheckpoints: readonly string[];
  readonly backup: string | null;
  readonly warnings: readonly string[];
  readonly dryRun: boolean;
}

/** What became of a ref in a push. */
export interface SentRef {
  readonly ref: string;
  readonly layout: LayoutName;
  readonly old: string | null;
  readonly new: string;
  /** `to-push` in a dry run; `diverged`: the remote has something that is not here, also after a fetch. */
  readonly outcome: 'pushed' | 'to-push' | 'refused' | 'diverged';
  readonly reason: string | null;
}

/** What a push did, or would do. */
export interface PushResult {
  readonly status: 'off' | 'up-to-date' | 'pushed' | 'planned' | 'incomplete';
  readonly remote: string;
  readonly refs: readonly SentRef[];
  /** What had to be fetched and united first, since the remote had moved on. */
  readonly united: readonly UnitedRef[];
  readonly objectCount: number;
  readonly byteCount: number;
  readonly warnings: readonly string[];
  readonly dryRun: boolean;
}
