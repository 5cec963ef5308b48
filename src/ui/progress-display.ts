import type { ProgressListener } from '../checkpoint/progress.ts';

/** Something that shows progress: a live view, or lines of a log. */
export interface ProgressDisplay {
  readonly listener: ProgressListener;
  /** Called once, when the work is over or given up: takes away what was only for the moment, and says what remains to be said. */
  finish(): void;
}
