import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CkptError, type FailureExitCode } from '../checkpoint/errors.ts';
import { GitError } from '../git/errors.ts';
import { printedHint } from '../ui/command-line.ts';
import { sanitize, sanitizeBlock } from '../ui/sanitize.ts';
import { withShortIds } from '../ui/words.ts';
import { withoutWorkflowCommands } from '../ui/workflow-commands.ts';
import { jsonDocument } from './envelope.ts';
import { EXIT, KNOWN_ERRORS } from './exit-codes.ts';
import { parserFailure } from './parser-words.ts';
import type { RunContext } from './run-context.ts';
import { asSystemError, REMEDIES } from './system-error.ts';

/** A failed command as the user gets to see it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** What became of the refs that were to move, as read back; absent where none was to. */
  readonly state?: string;
  readonly exitCode: FailureExitCode;
}

/**
 * Takes any error apart. Errors that are not foreseen are bugs in ckpt: their details go to a file in the folder for
 * temporary files, and the failure names it. `argv`, the words after `ckpt`, says in which repository the commands of hints are to run.
 */
export function describeFailure(
  error: unknown,
  saveDetails: (details: string) => string | undefined = saveToTemp,
  argv: readonly string[] = [],
): Failure {
  const known = asKnown(error, argv);
  if (known !== undefined) return known;
  const path = saveDetails(details(error));
  return {
    code: 'UNEXPECTED',
    message: `unexpected error: ${firstLine(error instanceof Error ? error.message : String(error))}`,
    hint:
      path === undefined
        ? 'This is a bug in ckpt. Run the command again with --verbose for the details.'
        : `This is a bug in ckpt. Details for a report: ${path}`,
    exitCode: EXIT.failed,
  };
}

/**
 * The failure as text for stderr, or as the one JSON document of stdout. Ends with a line feed. A hint is not wrapped: its commands are
 * there to be pasted.
 */
export function renderFailure(failure: Failure, error: unknown, run: RunContext): string {
  const { exitCode, code, message, hint, state } = failure;
  // Where the command was called in a wrong way, nothing was done, and not in the repository.
  const { doing, repository } = exitCode === EXIT.usage ? {} : run;
  const more = run.verbose ? details(error) : undefined;
  if (run.json) {
    const document = {
      code,
      message,
      hint: hint ?? null,
      ...(state && { state }),
      doing: doing ?? null,
      ...(more && { details: more }),
    };
    return jsonDocument({ ...run, repository }, { exitCode, error: document });
  }
  const where = ['ckpt', run.command].filter((word) => word !== '').join(' ');
  const prose = [`${sanitize([where, doing].filter(Boolean).join(': '))}: ${sanitizeBlock(withShortIds(message))}`];
  if (repository !== undefined) prose.push(`repository: ${sanitize(repository)}`);
  if (state !== undefined) prose.push(`state: ${sanitize(withShortIds(state))}`);
  const lines = [run.wrapped(prose.join('\n'))];
  if (hint !== undefined) lines.push(`hint: ${sanitizeBlock(hint)}`);
  if (more !== undefined) lines.push('', sanitizeBlock(more));
  return withoutWorkflowCommands(`${lines.join('\n')}\n`);
}

function asKnown(error: unknown, argv: readonly string[]): Failure | undefined {
  if (error instanceof CkptError) return failureOf(error, error.exitCode, argv);
  if (error instanceof GitError) return failureOf(error, KNOWN_ERRORS[error.code]?.exitCode ?? EXIT.failed, argv);
  const usage = parserFailure(error);
  if (usage !== undefined) return failureOf(usage, EXIT.usage, argv);
  const refused = asSystemError(error);
  return refused && failureOf(refused, EXIT.failed, argv);
}

function failureOf(error: CkptError | GitError, exitCode: FailureExitCode, argv: readonly string[]): Failure {
  const { state, systemCode = '' }: Partial<GitError> = error instanceof GitError ? error : {};
  const { code, message } = error;
  const hint = REMEDIES[systemCode] ?? error.hint ?? KNOWN_ERRORS[code]?.remedy;
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint: printedHint(hint, argv) }),
    ...(state === undefined ? {} : { state }),
    exitCode,
  };
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
