import type { Hint } from '../shell/hint.ts';

/**
 * What the process ends with: the work failed or something is inconsistent (1), wrong usage (2), not possible here (3),
 * stopped by SIGINT (130) or SIGTERM (143).
 */
export type FailureExitCode = 1 | 2 | 3 | 130 | 143;

/** What an error carries besides its message. */
export interface CkptErrorOptions {
  /** What the user can do about it, as a sentence with its values filled in. */
  readonly hint?: Hint;
  /** The exit code of the process; 1 where nothing is said. */
  readonly exitCode?: FailureExitCode;
  readonly cause?: unknown;
}

/**
 * A failure that was foreseen. The message says what was wrong and with which checkpoint, ref or file; `code` is stable, so
 * that programs can rely on it, and is listed in `docs/errors.md`.
 */
export class CkptError extends Error {
  readonly code: string;
  readonly hint: Hint | undefined;
  readonly exitCode: FailureExitCode;

  constructor(code: string, message: string, options: CkptErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
  }
}
