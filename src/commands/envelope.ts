import type { FailureExitCode } from '../checkpoint/errors.ts';
import { stringifyJson } from '../ui/sanitize.ts';
import { durationOf, type RunContext } from './run-context.ts';

/** Rises when a key of any document goes away or changes its meaning; new keys may come without. */
export const SCHEMA_VERSION = 2;

/** An error as JSON has it. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  /** What to do about it; `null` where nobody knows. */
  readonly hint: string | null;
  /** Which refs have moved, read back after the error; absent where none was to move. */
  readonly state?: string;
  /** What was being done; `null` where nothing had begun, or the command was called in a wrong way. */
  readonly doing: string | null;
  /** With `--verbose`: the error as Node shows it. */
  readonly details?: string;
}

/** The layout that a run reads from, as JSON has it: where it lies, and its commit, `null` where the layout is gone. */
export function sourceOf(v1: { readonly ref: string; readonly tip: string | null } | null) {
  return v1 === null ? null : { layout: 'v1', ref: v1.ref, commit: v1.tip };
}

/** How a run ended: with a result, or with an error. */
export type Ending =
  | { readonly exitCode: 0 | 1 | 2 | 3; readonly result: object; readonly warnings?: readonly string[] }
  | { readonly exitCode: FailureExitCode; readonly error: ErrorDocument };

/**
 * The one document that every command prints with `--json`: what is the same for all of them, and beside it the members of the
 * command's own result, none of which has one of these names. `docs/schema` has a schema of it for each command. Ends with a line
 * feed.
 */
export function jsonDocument(run: RunContext, ending: Ending): string {
  const isError = 'error' in ending;
  return `${stringifyJson({
    schemaVersion: SCHEMA_VERSION,
    command: run.command,
    ckptVersion: run.version,
    engine: run.engine ?? null,
    repository: run.repository ?? null,
    durationMs: durationOf(run),
    ok: ending.exitCode === 0,
    exitCode: ending.exitCode,
    warnings: [...new Set([...run.warnings, ...(isError ? [] : (ending.warnings ?? []))])],
    error: isError ? ending.error : null,
    ...(isError ? {} : ending.result),
  })}\n`;
}
