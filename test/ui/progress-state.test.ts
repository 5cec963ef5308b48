import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import { afterEvent, NOTHING_YET, type ProgressState } from '../../src/ui/live/progress-state.ts';

/** The state after events that came 100 ms after one another. */
function stateAfter(...events: ProgressEvent[]): ProgressState {
  return events.reduce((state, event, index) => afterEvent(state, event, index * 100), NOTHING_YET);
}

function statuses({ phases }: ProgressState): string[] {
  return phases.map(({ name, status }) => `${name}: ${status}`);
}

describe('phases', () => {
  it('that are to come are pending, the last one that began runs, those before it are done', () => {
    const state = stateAfter(
      { kind: 'phase', phase: 'read refs' },
      { kind: 'phases', phases: ['walk history', 'project commits'] },
      { kind: 'phase', phase: 'walk history' },
    );
    expect(statuses(state)).toEqual(['read refs: done', 'walk history: running', 'project commits: pending']);
    expect(state.phases[0]).toMatchObject({ startedAt: 0, endedAt: 200 });
  });

  it('that nobody announced come before those that are to come', () => {
    const state = stateAfter({ kind: 'phases', phases: ['move refs'] }, { kind: 'phase', phase: 'compare coverage' });
    expect(statuses(state)).toEqual(['compare coverage: running', 'move refs: pending']);
  });

  it('never go back, where their count begins again', () => {
    const step = (done: number): ProgressEvent => ({ kind: 'progress', phase: 'project commits', done, total: 1421 });
    const state = stateAfter({ kind: 'phase', phase: 'project commits', total: 1421 }, step(1250), step(0), step(12));
    expect(state.phases[0]).toMatchObject({ done: 1250, total: 1421 });
  });

  it('may run beside each other', () => {
    const beside = stateAfter(
      { kind: 'phases', phases: ['compare coverage', 'compare generations', 'compare history'] },
      { kind: 'phase', phase: 'compare coverage' },
      { kind: 'progress', phase: 'compare history', done: 10, total: 20 },
      { kind: 'phase', phase: 'compare generations' },
    );
    expect(statuses(beside)).toEqual([
      'compare coverage: done',
      'compare generations: running',
      'compare history: running',
    ]);
    const ended = afterEvent(beside, { kind: 'progress', phase: 'compare history', done: 20, total: 20 }, 900);
    expect(ended.phases[2]).toMatchObject({ status: 'done', startedAt: 200, endedAt: 900 });
  });

  it('are not begun again where they are done beside others', () => {
    const steps = (done: number): ProgressEvent => ({ kind: 'progress', phase: 'compare history', done, total: 20 });
    const done = stateAfter({ kind: 'phase', phase: 'compare coverage' }, steps(1), steps(20));
    const state = afterEvent(done, { kind: 'phase', phase: 'compare history' }, 900);
    expect(statuses(state)).toEqual(['compare coverage: done', 'compare history: done']);
    expect(state).toMatchObject({ current: 'compare history', phases: [{ endedAt: 900 }, { done: 20, endedAt: 200 }] });
  });

  it('that come again have a line of their own, and keep the one that is done', () => {
    const state = stateAfter(
      { kind: 'phase', phase: 'compare coverage' },
      { kind: 'phase', phase: 'project commits', total: 3 },
      { kind: 'progress', phase: 'project commits', done: 3, total: 3 },
      { kind: 'phases', phases: ['move refs'] },
      { kind: 'phase', phase: 'compare coverage' },
      { kind: 'phase', phase: 'project commits', total: 2 },
    );
    expect(statuses(state)).toEqual([
      'compare coverage: done',
      'project commits: done',
      'compare coverage: done',
      'project commits: running',
      'move refs: pending',
    ]);
    expect(state.phases.map(({ done, total }) => [done, total]).slice(1, 4)).toEqual([
      [3, 3],
      [0, undefined],
      [0, 2],
    ]);
  });

  it('begin again with another attempt, which says why', () => {
    const state = stateAfter(
      { kind: 'phase', phase: 'move refs' },
      { kind: 'warning', message: 'odd' },
      { kind: 'retry', attempt: 2, reason: 'a ref moved' },
    );
    expect(state).toEqual({
      ...NOTHING_YET,
      attempt: 2,
      retryReason: 'a ref moved',
      firstWarnings: ['odd'],
      lastWarnings: ['odd'],
      warningCount: 1,
    });
  });

  it('have the generation that is made until the next one begins', () => {
    const packing = stateAfter(
      { kind: 'phase', phase: 'build generations', total: 4 },
      { kind: 'progress', phase: 'build generations', done: 2, generation: '0000000000002' },
    );
    expect(packing.generation).toBe('0000000000002');
    expect(packing.phases[0]).toMatchObject({ done: 2, total: 4 });
    expect(afterEvent(packing, { kind: 'phase', phase: 'write objects' }, 500).generation).toBeUndefined();
  });
});

it('knows which repositories are in work, in the order of their beginning, and how many have failed', () => {
  const step = (name: string, step: string): ProgressEvent => ({ kind: 'repository-step', name, step });
  const end = (name: string, isFailed: boolean): ProgressEvent => ({ kind: 'repository-end', name, isFailed });
  const { repositories, failedCount } = stateAfter(
    step('a', 'fetch'),
    step('b', 'migrate'),
    step('c', 'fetch'),
    step('a', 'migrate'),
    end('b', true),
    step('d', 'fetch'),
    end('c', false),
  );
  expect(repositories).toEqual([
    { name: 'a', step: 'migrate', startedAt: 0 },
    { name: 'd', step: 'fetch', startedAt: 500 },
  ]);
  expect(failedCount).toBe(1);
});

it('keeps the first warnings and the last ones, and counts all', () => {
  const warnings = Array.from({ length: 25 }, (_, index) => ({ kind: 'warning', message: `w${index}` }) as const);
  const state = stateAfter(...warnings);
  expect(state.warningCount).toBe(25);
  expect(state.firstWarnings).toEqual(warnings.slice(0, 10).map(({ message }) => message));
  expect(state.lastWarnings).toEqual(['w22', 'w23', 'w24']);
});
