import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import { plainProgress } from '../../src/ui/progress-plain.ts';

/** Feeds events, each at its time in milliseconds, and returns the lines. */
function lines(events: ReadonlyArray<readonly [time: number, event: ProgressEvent]>, quiet = false): string[] {
  const written: string[] = [];
  let clock = 0;
  const { listener, finish } = plainProgress({ writeLine: (line) => written.push(line), now: () => clock, quiet });
  for (const [time, event] of events) {
    clock = time;
    listener(event);
  }
  finish();
  return written;
}

const phase = (total?: number): ProgressEvent =>
  total === undefined ? { kind: 'phase', phase: 'walk history' } : { kind: 'phase', phase: 'walk history', total };
const step = (done: number): ProgressEvent => ({ kind: 'progress', phase: 'walk history', done, total: 5000 });
const warning = (message: string): ProgressEvent => ({ kind: 'warning', message });

describe('plainProgress', () => {
  it('says nothing of a phase that is over soon', () => {
    expect(
      lines([
        [0, phase()],
        [100, step(10)],
        [499, step(5000)],
      ]),
    ).toEqual([]);
  });

  it('says now and then how far a long phase is', () => {
    const events = [
      [0, phase(5000)],
      [600, step(1000)],
      [700, step(1100)],
      [2700, step(4000)],
    ] as const;
    expect(lines(events)).toEqual(['walk history: 1,000 of 5,000', 'walk history: 4,000 of 5,000']);
  });

  it('says how many repositories of a fleet have failed', () => {
    const end = (isFailed: boolean): ProgressEvent => ({ kind: 'repository-end', name: 'a', isFailed });
    const events = [
      [0, phase(5000)],
      [600, end(false)],
      [600, step(1)],
      [3000, end(true)],
      [3000, step(2)],
    ] as const;
    expect(lines(events)).toEqual(['walk history: 1 of 5,000', 'walk history: 2 of 5,000, 1 failed']);
  });

  it('says of a long phase without steps how long it took, when the next one begins', () => {
    const next: ProgressEvent = { kind: 'phase', phase: 'move refs' };
    expect(
      lines([
        [0, phase()],
        [1200, next],
        [1300, phase()],
      ]),
    ).toEqual(['walk history: took 1.2 s']);
  });

  it('shows the first ten warnings, made fit for a terminal, and counts the rest', () => {
    const events = Array.from({ length: 12 }, (_, at) => [0, warning(`no. ${at}\u001b[2J`)] as const);
    const written = lines(events, true);
    expect(written).toHaveLength(11);
    expect(written[0]).toBe('warning: no. 0\\x1b[2J');
    expect(written[10]).toBe('and 2 more warnings');
  });

  it('says why it begins again, unless it is to be quiet', () => {
    const retry: ProgressEvent = { kind: 'retry', attempt: 2, reason: 'refs/x moved' };
    expect(lines([[0, retry]])).toEqual(['starts again (attempt 2), since another program was at work: refs/x moved']);
    expect(
      lines(
        [
          [0, retry],
          [0, phase()],
          [9000, step(1)],
        ],
        true,
      ),
    ).toEqual([]);
  });
});
