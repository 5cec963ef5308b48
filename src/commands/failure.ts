import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CkptError, type FailureExitCode } from '../checkpoint/errors.ts';
import { GitError } from '../git/errors.ts';
import { sanitize, sanitizeBlock, stringifyJson } from '../ui/sanitize.ts';
import { UsageError } from './errors.ts';
import { EXIT, KNOWN_ERRORS } from './exit-codes.ts';
import { nearest } from './nearest.ts';
import { asSystemError } from './system-error.ts';

/** A failed command as the user gets to see it. The keys are those of the JSON document; see `docs/errors.md`. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly exitCode: FailureExitCode;
}

/** What was going on when the command failed. */
export interface FailureContext {
  /** The command's words after `ckpt`; empty where none was found. */
  readonly command: string;
  /** What was being done, in words that fit between two colons; absent where nothing had begun. */
  readonly doing?: string | undefined;
  /** The repository that was worked in; absent where none was open. */
  readonly repository?: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
}

/**
 * Takes any error apart. Errors that are not foreseen are mistakes in ckpt: their details go to a file in the folder for
 * temporary files, and the failure names it.
 */
export function describeFailure(
  error: unknown,
  saveDetails: (details: string) => string | undefined = saveToTemp,
): Failure {
  const known = asKnown(error);
  if (known !== undefined) return known;
  const path = saveDetails(details(error));
  return {
    code: 'UNEXPECTED',
    message: `unexpected error: ${firstLine(error instanceof Error ? error.message : String(error))}`,
    hint:
      path === undefined
        ? 'This is a mistake in ckpt. Run the command again with --verbose for the details.'
        : `This is a mistake in ckpt. Details for a report: ${path}`,
    exitCode: EXIT.failed,
  };
}

/** The failure as text for stderr, or as the one JSON document of stdout. Ends with a line feed. */
export function renderFailure(failure: Failure, error: unknown, context: FailureContext): string {
  const { command, json, verbose } = context;
  // Where the command was called in a wrong way, nothing was done, and not in the repository.
  const { doing, repository } = failure.exitCode === EXIT.usage ? {} : context;
  const more = verbose ? details(error) : undefined;
  if (json) return `${stringifyJson({ error: { ...failure, command, doing, repository, details: more } })}\n`;
  const where = ['ckpt', command].filter((word) => word !== '').join(' ');
  const lines = [`${sanitize([where, doing].filter(Boolean).join(': '))}: ${sanitizeBlock(failure.message)}`];
  if (repository !== undefined) lines.push(`repository: ${sanitize(repository)}`);
  if (failure.hint !== undefined) lines.push(`hint: ${sanitizeBlock(failure.hint)}`);
  if (more !== undefined) lines.push('', sanitizeBlock(more));
  return `${lines.join('\n')}\n`;
}

function asKnown(error: unknown): Failure | undefined {
  if (error instanceof CkptError) return failureOf(error, error.exitCode);
  if (error instanceof GitError) return failureOf(error, KNOWN_ERRORS[error.code]?.exitCode ?? EXIT.failed);
  if (isParseError(error)) {
    const message = error.message.replace(/\n?See more help with --help$/, '');
    return failureOf(new UsageError(message, usageHint(error)), EXIT.usage);
  }
  const refused = asSystemError(error);
  return refused && failureOf(refused, EXIT.failed);
}

/** The flag that a mistyped one meant, where one is near. The fields are those of oclif's `NonExistentFlagsError`. */
function usageHint(error: ParseError): string {
  const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`);
  const meant =
    error.flags?.map((flag) => nearest(flag.split('=', 1)[0] ?? '', known)).filter((flag) => flag !== undefined) ?? [];
  return meant.length > 0 ? `Did you mean: ${meant.join(' ')}` : 'Add --help to see what the command takes.';
}

function failureOf(error: CkptError | GitError, exitCode: FailureExitCode): Failure {
  const { code, message, hint = KNOWN_ERRORS[code]?.remedy } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }), exitCode };
}

/** What is used of the errors of oclif's parser. */
interface ParseError extends Error {
  readonly flags?: readonly string[];
  readonly parse?: { readonly input?: { readonly flags?: object } };
}

/** Errors of oclif's parser are told by their shape: its classes are not loaded for this. */
function isParseError(error: unknown): error is ParseError {
  return error instanceof Error && ('parse' in error || 'oclif' in error);
}

function details(error: unknown): string {
  return inspect(error, { depth: 6 });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function saveToTemp(text: string): string | undefined {
  try {
    const path = join(mkdtempSync(join(tmpdir(), 'ckpt-error-')), 'details.txt');
    const facts = {
      time: new Date().toISOString(),
      node: process.version,
      platform: process.platform,
      argv: process.argv,
    };
    writeFileSync(path, `${inspect(facts)}\n\n${text}\n`, { mode: 0o600 });
    return path;
  } catch {
    return undefined; // a full disk must not hide the error itself
  }
}
