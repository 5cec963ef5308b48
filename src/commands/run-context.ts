import type { ProgressEvent } from '../checkpoint/progress.ts';
import type { RunFacts } from '../ui/run-facts.ts';

/** What a run says of itself while it goes on, beside its result. */
export interface RunLog {
  /** Whether stderr has it: nothing may be drawn there then. */
  readonly isOnStderr: boolean;
  progress(event: ProgressEvent): void;
  failed(failure: { readonly code: string; readonly message: string; readonly exitCode: number }): void;
}

/** One run of the program: what it was asked, and what is known of it so far. `main` makes it, the command fills it in. */
export interface RunContext {
  /** All words after `ckpt`, as the user gave them. */
  readonly argv: readonly string[];
  /** Whether stdout gets one JSON document, be it a result or an error. */
  readonly json: boolean;
  /** Whether the details of an error are shown. */
  readonly verbose: boolean;
  /** When it began, by `performance.now()`. */
  readonly started: number;
  /** This program's version. */
  readonly version: string;
  /** The command's words after `ckpt`; empty where none was found. */
  command: string;
  /** What is being done, in words that fit between two colons; absent where nothing has begun. */
  doing?: string | undefined;
  /** The work tree, or the git directory where there is none; absent where no repository was opened. */
  repository?: string | undefined;
  /** What reads and writes the repository. The version is looked up where it is shown: that costs a process. */
  engine?: { readonly name: string; readonly version: string | null } | undefined;
  /** Where a log is asked for. */
  log?: RunLog | undefined;
  /** Breaks the lines of a text that are too long for the terminal of stderr; leaves them before a command has begun. */
  wrapped: (text: string) => string;
  /** Warnings that came up on the way, each once. */
  readonly warnings: Set<string>;
}

/** A run that begins now. */
export function newRun(facts: Pick<RunContext, 'argv' | 'json' | 'verbose' | 'version'>): RunContext {
  return { ...facts, started: performance.now(), command: '', wrapped: (text) => text, warnings: new Set() };
}

/** The milliseconds since the run began, as a whole number. */
export function durationOf({ started }: RunContext): number {
  return Math.round(performance.now() - started);
}

/** What texts say of the run. */
export function factsOf(run: RunContext): RunFacts {
  const { argv, version, repository = '', engine } = run;
  const names = { engine: engine?.name ?? '', engineVersion: engine?.version ?? '' };
  return { argv, version, repository, ...names, durationMs: durationOf(run) };
}
