import type { Phase, ProgressEvent } from '../../checkpoint/progress.ts';

/** One phase of the work as the live view shows it. Times are milliseconds since the work began. */
export interface PhaseState {
  readonly name: Phase;
  readonly status: 'pending' | 'running' | 'done';
  /** It was counted before it was said to begin: it runs beside another one. */
  readonly isBeside: boolean;
  readonly done: number;
  readonly total: number | undefined;
  readonly startedAt: number;
  /** When steps of it were last reported. */
  readonly countedAt: number;
  /** When it was done; of use only where it is. */
  readonly endedAt: number;
}

/** A repository of a fleet that is in work. `startedAt` is in milliseconds since the work began. */
export interface RepositoryState {
  readonly name: string;
  /** What runs there now, for example `migrate`. */
  readonly step: string;
  readonly startedAt: number;
}

/** All that the live view shows of a work under way: plain data, so that it can be sent to the worker that draws it. */
export interface ProgressState {
  /** In the order of their beginning, then those that are to come. */
  readonly phases: readonly PhaseState[];
  /** The phase that began last. */
  readonly current: Phase | undefined;
  /** The archive that is being made, by its 13 digits. */
  readonly generation: string | undefined;
  /** The repositories in work, those that began first before the others. */
  readonly repositories: readonly RepositoryState[];
  /** Repositories that have failed. */
  readonly failedCount: number;
  /** The first of the warnings: `MAX_WARNINGS` at most. */
  readonly firstWarnings: readonly string[];
  /** The last of them, which the view shows: `SHOWN_WARNINGS` at most. */
  readonly lastWarnings: readonly string[];
  readonly warningCount: number;
  /** Which attempt this is, from 1 on, and why the one before failed. */
  readonly attempt: number;
  readonly retryReason: string | undefined;
}

/** Warnings that are kept to be printed when the work is over; the rest is counted. */
const MAX_WARNINGS = 10;
/** Warnings that the view shows while the work goes on. */
const SHOWN_WARNINGS = 3;

/** The state before the first event. */
export const NOTHING_YET: ProgressState = {
  phases: [],
  current: undefined,
  generation: undefined,
  repositories: [],
  failedCount: 0,
  firstWarnings: [],
  lastWarnings: [],
  warningCount: 0,
  attempt: 1,
  retryReason: undefined,
};

/** The state after an event that came `now` milliseconds after the work began. */
export function afterEvent(state: ProgressState, event: ProgressEvent, now: number): ProgressState {
  switch (event.kind) {
    case 'phases':
      return withPending(state, event.phases);
    case 'phase':
      return beginPhase(state, event.phase, event.total, now);
    case 'progress':
      return withSteps(state, event, now);
    case 'repository-step':
      return withRepository(state, event, now);
    case 'repository-end':
      return {
        ...state,
        repositories: state.repositories.filter(({ name }) => name !== event.name),
        failedCount: state.failedCount + (event.isFailed ? 1 : 0),
      };
    case 'warning':
      return withWarning(state, event.message);
    case 'retry':
      return { ...NOTHING_YET, ...warningsOf(state), attempt: event.attempt, retryReason: event.reason };
  }
}

function withPending(state: ProgressState, names: readonly Phase[]): ProgressState {
  const begun = state.phases.filter(({ status }) => status !== 'pending');
  const known = new Set(begun.map(({ name }) => name));
  return { ...state, phases: [...begun, ...names.filter((name) => !known.has(name)).map(pending)] };
}

/**
 * The phase that began last is done by that; others that run beside it are not. What is done never runs again: a phase that
 * comes again has another line, and one that was done beside others has nothing left to do.
 */
function beginPhase(state: ProgressState, name: Phase, total: number | undefined, now: number): ProgressState {
  const phases = state.phases.map((phase) =>
    phase.name === state.current && phase.name !== name && phase.status === 'running' ? ended(phase, now) : phase,
  );
  const last = phases.findLast((phase) => phase.name === name);
  if (last?.status === 'done') {
    if (last.isBeside) return { ...state, phases, current: name, generation: undefined };
    phases.splice(phases.findLastIndex(({ status }) => status !== 'pending') + 1, 0, pending(name));
  }
  const begun = change({ ...state, phases }, name, (phase) => ({
    ...phase,
    status: 'running',
    isBeside: false,
    total: total ?? phase.total,
    startedAt: phase.status === 'running' ? phase.startedAt : now,
  }));
  return { ...begun, current: name, generation: undefined };
}

function withSteps(state: ProgressState, event: ProgressEvent & { kind: 'progress' }, now: number): ProgressState {
  const changed = change(state, event.phase, (phase) => {
    const startedAt = phase.status === 'pending' ? now : phase.startedAt;
    const total = event.total ?? phase.total;
    // A count that begins again (two passes, batches that end in another order) does not take the bar back.
    const done = total === phase.total ? Math.max(phase.done, event.done) : event.done;
    const countedAt = done === phase.done ? phase.countedAt : now;
    const isBeside = phase.isBeside || phase.status === 'pending';
    const running: PhaseState = { ...phase, status: 'running', isBeside, done, total, startedAt, countedAt };
    return event.done === total && event.phase !== state.current ? ended(running, now) : running;
  });
  return event.generation === undefined ? changed : { ...changed, generation: event.generation };
}

/** A repository keeps its place and its beginning from step to step. */
function withRepository(
  state: ProgressState,
  { name, step }: ProgressEvent & { kind: 'repository-step' },
  now: number,
): ProgressState {
  const { repositories } = state;
  const isKnown = repositories.some((one) => one.name === name);
  return {
    ...state,
    repositories: isKnown
      ? repositories.map((one) => (one.name === name ? { ...one, step } : one))
      : [...repositories, { name, step, startedAt: now }],
  };
}

/** Changes the last phase of a name; one that was not known is put before those that are to come. */
function change(state: ProgressState, name: Phase, edit: (phase: PhaseState) => PhaseState): ProgressState {
  const at = state.phases.findLastIndex((phase) => phase.name === name);
  const known = state.phases[at];
  if (known !== undefined) return { ...state, phases: state.phases.with(at, edit(known)) };
  const begun = state.phases.filter(({ status }) => status !== 'pending');
  const toCome = state.phases.filter(({ status }) => status === 'pending');
  return { ...state, phases: [...begun, edit(pending(name)), ...toCome] };
}

function withWarning(state: ProgressState, message: string): ProgressState {
  const { firstWarnings, lastWarnings, warningCount } = state;
  return {
    ...state,
    firstWarnings: warningCount < MAX_WARNINGS ? [...firstWarnings, message] : firstWarnings,
    lastWarnings: [...lastWarnings, message].slice(-SHOWN_WARNINGS),
    warningCount: warningCount + 1,
  };
}

function warningsOf({ firstWarnings, lastWarnings, warningCount }: ProgressState) {
  return { firstWarnings, lastWarnings, warningCount };
}

function pending(name: Phase): PhaseState {
  return {
    name,
    status: 'pending',
    isBeside: false,
    done: 0,
    total: undefined,
    startedAt: 0,
    countedAt: 0,
    endedAt: 0,
  };
}

function ended(phase: PhaseState, now: number): PhaseState {
  return { ...phase, status: 'done', done: phase.total ?? phase.done, endedAt: now };
}
