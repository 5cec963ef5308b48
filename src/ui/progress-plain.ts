import type { ProgressEvent } from '../checkpoint/progress.ts';
import type { ProgressDisplay } from './progress-display.ts';
import { retryLine } from './retry-line.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatCount, formatDuration } from './words.ts';

/** What the plain log needs of the world around it. */
export interface PlainProgressOptions {
  /** Takes one line without its line feed. */
  readonly writeLine: (line: string) => void;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Say nothing about a phase until it has lasted this long; half a second where nothing is said. */
  readonly patienceMs?: number;
  /** Say how far a phase is no more often than this; every two seconds where nothing is said. */
  readonly intervalMs?: number;
  /** Only warnings and retries: no phases. */
  readonly quiet?: boolean;
}

/**
 * Progress as short lines of a log, for pipes and CI. A phase shows up only when it takes long, so that a quick run says
 * nothing; at most `MAX_WARNINGS` warnings are shown, and `finish` says how many there were beside them.
 */
export function plainProgress(options: PlainProgressOptions): ProgressDisplay {
  const { writeLine, now, patienceMs = 500, intervalMs = 2000, quiet = false } = options;
  let phase = '';
  let startedAt = now();
  let spokeAt = Number.NEGATIVE_INFINITY;
  let failed = 0;
  let warnings = 0;

  const onSteps = (event: ProgressEvent & { kind: 'progress' }): void => {
    const time = now();
    if (event.phase !== phase) {
      phase = event.phase;
      startedAt = time;
      spokeAt = Number.NEGATIVE_INFINITY;
    }
    if (quiet || time - startedAt < patienceMs || time - spokeAt < intervalMs) return;
    spokeAt = time;
    const total = event.total === undefined ? '' : ` of ${formatCount(event.total)}`;
    const failures = failed === 0 ? '' : `, ${formatCount(failed)} failed`;
    writeLine(`${event.phase}: ${formatCount(event.done)}${total}${failures}`);
  };

  /** A phase without steps that took long is reported when the next one begins. */
  const sayLong = (): void => {
    const spent = now() - startedAt;
    if (quiet || phase === '' || spent < patienceMs || spokeAt >= startedAt) return;
    writeLine(`${phase}: took ${formatDuration(spent)}`);
  };

  const listener: ProgressDisplay['listener'] = (event) => {
    switch (event.kind) {
      case 'phases':
        return; // a log says what is, not what is to come
      case 'phase':
        sayLong();
        phase = event.phase;
        startedAt = now();
        spokeAt = Number.NEGATIVE_INFINITY;
        return;
      case 'progress':
        return onSteps(event);
      case 'repository-step':
        return;
      case 'repository-end':
        failed += event.isFailed ? 1 : 0;
        return;
      case 'warning':
        warnings += 1;
        if (warnings <= MAX_WARNINGS) writeLine(warningLine(event.message));
        return;
      case 'retry':
        if (!quiet) writeLine(retryLine(event.attempt, event.reason));
        return;
    }
  };
  const finish = (): void => {
    if (warnings > MAX_WARNINGS) writeLine(moreWarnings(warnings - MAX_WARNINGS));
  };
  return { listener, finish };
}

/** Warnings that are shown one by one; the rest is counted. */
const MAX_WARNINGS = 10;

/** The lines about warnings that came while no line could be written: the first ones, and how many there were in all. */
export function warningLines(first: readonly string[], count: number): string[] {
  const shown = first.slice(0, MAX_WARNINGS).map(warningLine);
  return count > shown.length ? [...shown, moreWarnings(count - shown.length)] : shown;
}

function warningLine(message: string): string {
  return `warning: ${sanitize(message)}`;
}

function moreWarnings(count: number): string {
  return `and ${countOf(count, 'more warning')}`;
}
