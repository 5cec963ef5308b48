/** What becomes of an archive. */
export type Verdict =
  /** It is past the retention and goes. */
  | 'prune'
  /** It is past the retention, and holds transcripts that exist nowhere else: without `--allow-loss` it stays. */
  | 'refuse'
  | 'stay';

/** Why an archive stays. */
export type StayReason =
  /** Its newest checkpoint is not older than the retention. */
  | 'within-retention'
  /** It is one of the newest, which `--keep` spares. */
  | 'kept'
  /** No time of its checkpoints is known, so that it is never past the retention. */
  | 'no-time'
  /** Its newest time is one that nobody meant (year 1, 1970, the far future). */
  | 'odd-time'
  /** It can't be read; verify says what is wrong. */
  | 'unreadable';

/** Objects that are in the store and that no ref would reach any more, backups aside. */
export interface Freed {
  readonly objectCount: number;
  /** On disk, compressed. */
  readonly bytes: number;
  /** The part of it that refs below `refs/ckpt/backup/` keep, which were there before. */
  readonly inBackups: { readonly objectCount: number; readonly bytes: number };
}

/** One archived generation, and what becomes of it. */
export interface PruneArchive {
  readonly number: number;
  readonly ref: string;
  /** The commit that the ref is at. */
  readonly commit: string;
  readonly checkpointCount: number;
  /** The greatest `created_at` of its sessions, as it was written; `null` where none is known. */
  readonly newest: string | null;
  readonly newestFrom: 'generation.json' | 'main' | null;
  /** Whole seconds since then. */
  readonly ageSeconds: number | null;
  readonly verdict: Verdict;
  /** `null` where it does not stay. */
  readonly stays: StayReason | null;
  /** The checkpoints with transcripts that exist nowhere else. Only looked for where the archive is past the retention. */
  readonly onlyHere: readonly string[];
  /** What no other ref reaches; `null` where the archive stays, or where it could not be measured. */
  readonly frees: Freed | null;
}

/** How a run of prune ended. */
export type PruneStatus =
  /** No archive is past the retention. */
  | 'nothing-to-do'
  /** Without `--apply`: nothing was written. */
  | 'planned'
  /** All that are past the retention are gone. */
  | 'pruned'
  /** Some that are past the retention stay, since `--allow-loss` was not given; the others are gone. */
  | 'refused';

/** What `ckpt prune` found, and did. */
export interface PruneResult {
  readonly status: PruneStatus;
  readonly retention: {
    readonly seconds: number;
    readonly from: 'flag' | 'settings' | 'default';
    /** How many of the newest archives stay in any case. */
    readonly keep: number;
  };
  /** True where neither a V1 branch nor origin's copy of it is here. */
  readonly isV1Absent: boolean;
  /** From the oldest to the newest. */
  readonly archives: readonly PruneArchive[];
  /** What goes altogether: also what two of the archives share. `null` where it could not be measured. */
  readonly frees: Freed | null;
  /** What the names of the backup's refs begin with; `null` where none was made. */
  readonly backup: string | null;
  readonly warnings: readonly string[];
}

/** What `ckpt prune --restore` did. */
export interface RestoreResult {
  readonly status: 'restored';
  readonly number: number;
  readonly ref: string;
  readonly commit: string;
  /** The ref that it was taken from. */
  readonly backup: string;
  readonly checkpointCount: number;
  /** Checkpoints of the backup whose transcripts another generation has by now, and which were not put back. */
  readonly leftOut: readonly string[];
}
