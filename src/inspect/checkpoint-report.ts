import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { OddityCode } from '../checkpoint/oddity.ts';
import type { NamingCommit } from '../commits/naming-commits.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { LayoutName } from '../layout/layout.ts';
import type { Deletion } from './deletion.ts';

/** What a program counted while an agent worked; `null` where it did not say. */
export interface TokenCounts {
  readonly inputTokens: number | null;
  readonly cacheCreationTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly outputTokens: number | null;
  readonly apiCallCount: number | null;
}

/** A file of a checkpoint. `path` starts at the tree's root; `bytes` is `null` where the content is not in this repository. */
export interface FileFacts {
  readonly path: string;
  readonly bytes: number | null;
}

/** A session's raw transcript. */
export interface TranscriptFacts {
  readonly ref: RefName;
  readonly files: readonly FileFacts[];
  /** All files together; `null` where one is not in this repository. */
  readonly bytes: number | null;
  /** What the hash file says, which may be wrong. */
  readonly contentHash: string | null;
}

/** One session of a checkpoint: what its metadata says, and what it has besides. */
export interface SessionReport extends SummaryReport {
  /** The folder's name: what `--session` takes. */
  readonly session: string;
  readonly sessionId: string | null;
  readonly createdAt: string | null;
  readonly agent: string | null;
  readonly model: string | null;
  readonly transcript: TranscriptFacts | null;
  readonly prompts: FileFacts | null;
  readonly metadata: FileFacts | null;
  /** Folders of subagent tasks. */
  readonly taskCount: number;
}

/** What a summary says of the whole checkpoint, or metadata of its session. What it does not say is `null`. */
export interface SummaryReport {
  readonly branch: string | null;
  readonly strategy: string | null;
  readonly cliVersion: string | null;
  /** What the metadata calls `checkpoints_count`. */
  readonly stepCount: number | null;
  /** Each once. */
  readonly filesTouched: readonly string[];
  readonly tokenUsage: TokenCounts | null;
}

/** Something unusual in a checkpoint, by the code that `migrate` and `verify` have for it. */
export interface CheckpointOddity {
  readonly code: OddityCode;
  readonly path: string;
  readonly detail: string | null;
}

/** What `ckpt show` prints. */
export interface CheckpointReport {
  readonly checkpoint: CheckpointId;
  /** The layout that was read, and all that have the checkpoint, of those that were looked at. */
  readonly layout: LayoutName;
  readonly layouts: readonly LayoutName[];
  /** The commit that deleted it, where V1's history alone has it still; else `null`. */
  readonly deletion: Deletion | null;
  /** The commits of the user that name it: the work itself before a squash merge of it, `HEAD`'s history first, the newest first. */
  readonly commits: readonly NamingCommit[];
  readonly ref: RefName;
  readonly commit: ObjectId;
  /** `null` where there is no summary, or none that can be read. */
  readonly summary: SummaryReport | null;
  /** All sessions that it has; `sessions` may be one of them alone, or the first 10,000. */
  readonly sessionCount: number;
  readonly sessions: readonly SessionReport[];
  readonly oddities: readonly CheckpointOddity[];
}
