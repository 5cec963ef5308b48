import { channel } from 'node:diagnostics_channel';

/** One git that was started and has ended. */
export interface GitCall {
  readonly args: readonly string[];
  /** Its process. */
  readonly child: number | undefined;
  readonly milliseconds: number;
  /** `null` where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** Has each call as a `GitCall`, for a log. Nothing is made of a call where nobody subscribes. */
export const gitCalls = channel('ckpt:git');
