import { printedCommand } from './command-line.ts';
import { formatDuration } from './words.ts';

/** What a text says of the run besides its result. */
export interface RunFacts {
  /** All words after `ckpt`, as the user gave them. */
  readonly argv: readonly string[];
  /** This program's version. */
  readonly version: string;
  /** The work tree, or the git directory where there is none; empty where no repository was opened. */
  readonly repository: string;
  /** The engine's name, and its version where that was looked up. */
  readonly engine: string;
  readonly engineVersion: string;
  readonly durationMs: number;
}

/** `Took 85 ms with native.` */
export function tookLine({ durationMs, engine }: Pick<RunFacts, 'durationMs' | 'engine'>): string {
  return `Took ${formatDuration(durationMs)} with ${engine}.`;
}

/** The line that says which command comes next, in the repository that the user named. */
export function nextLine({ argv }: Pick<RunFacts, 'argv'>, ...words: string[]): string {
  return `Next: ${printedCommand(['ckpt', ...words], argv)}`;
}

/** The same for this very command, as the user gave it, but for one flag that is taken out or put in. */
export function againLine({ argv }: Pick<RunFacts, 'argv'>, change: { without: string } | { with: string }): string {
  const words = 'without' in change ? argv.filter((word) => word !== change.without) : [...argv, change.with];
  return `Next: ${printedCommand(['ckpt', ...words])}`;
}
