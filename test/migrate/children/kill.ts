import { spawn } from 'node:child_process';
import type { ProgressListener } from '../../../src/checkpoint/progress.ts';
import type { ObjectWriter, Repository } from '../../../src/git/repository.ts';
import { overlay } from '../overlay.ts';

/** The calls of the seam that a kill can be tied to. */
export const SEAM_CALLS = [
  'listRefs',
  'walk',
  'readObjects',
  'objectInfo',
  'visitReachable',
  'measure',
  'updateRefs',
] as const satisfies ReadonlyArray<keyof Repository>;
export type SeamCall = (typeof SEAM_CALLS)[number] | 'flush';

/** When a child is killed. */
export type Kill =
  /** Before or after the n-th call, which is counted from 1. */
  | { readonly when: 'before' | 'after'; readonly call: SeamCall; readonly n: number }
  /** At the n-th event of progress. */
  | { readonly when: 'event'; readonly n: number }
  /**
   * So many milliseconds after the work, or one of its phases, has begun. `group`: together with its process group,
   * which the git programs that it has started are in.
   */
  | {
      readonly when: 'later';
      readonly phase: 'read refs' | 'write objects' | 'move refs';
      readonly ms: number;
      readonly group: boolean;
    };

/** Kills this process (SIGKILL) at the moment that it is made for. */
export class Killer {
  readonly #kill: Kill | undefined;
  #events = 0;
  /** How often the call that the kill is tied to was made. */
  #calls = 0;
  #dies: Promise<unknown> | undefined;

  constructor(kill: Kill | undefined) {
    this.#kill = kill;
  }

  /** The repository, with methods that the process does not survive for long. */
  watch(repo: Repository): Repository {
    const methods = SEAM_CALLS.map((call) => {
      const method = (repo[call] as (...args: unknown[]) => Promise<unknown>).bind(repo);
      return [call, this.#deadly(call, method)] as const;
    });
    return overlay(repo, {
      ...Object.fromEntries(methods),
      objectWriter: () => withFlush(repo.objectWriter(), (flush) => this.#deadly('flush', flush)),
    });
  }

  /** A listener that the process may not survive. */
  readonly onEvent: ProgressListener = (event) => {
    const kill = this.#kill;
    if (kill?.when === 'event' && kill.n === ++this.#events) die();
    if (kill?.when === 'later' && event.kind === 'phase' && event.phase === kill.phase) this.#dieLater(kill);
  };

  /** Waits for a death that was ordered. */
  async wait(): Promise<void> {
    await this.#dies;
  }

  #deadly<A extends unknown[], R>(call: SeamCall, method: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    const kill = this.#kill;
    return async (...args) => {
      const isHit = kill !== undefined && 'call' in kill && kill.call === call && kill.n === ++this.#calls;
      if (isHit && kill.when === 'before') die();
      const result = await method(...args);
      if (isHit) die();
      return result;
    };
  }

  /** Has this process killed by another one, so that nothing in here can be in the way of the clock. */
  #dieLater({ ms, group }: Extract<Kill, { when: 'later' }>): void {
    const target = `${group ? '-' : ''}${process.pid}`;
    const killer = spawn('sh', ['-c', `sleep ${ms / 1000}; kill -9 ${target}`], { detached: true, stdio: 'ignore' });
    this.#dies = new Promise((resolve) => {
      killer.once('close', resolve);
    });
  }
}

/** How often some work calls what, and how many events it reports: which kills hit it. */
export type Steps = Record<SeamCall | 'events', number>;

/** Counts the steps of some work on a repository. */
export async function countSteps(
  repo: Repository,
  work: (repo: Repository, onEvent: ProgressListener) => Promise<unknown>,
): Promise<Steps> {
  const steps: Steps = { ...(Object.fromEntries(SEAM_CALLS.map((call) => [call, 0])) as Steps), flush: 0, events: 0 };
  const counted = SEAM_CALLS.map((call) => [
    call,
    (...args: unknown[]) => {
      steps[call]++;
      return (repo[call] as (...args: unknown[]) => unknown).apply(repo, args);
    },
  ]);
  const objectWriter = () =>
    withFlush(repo.objectWriter(), (flush) => () => {
      steps.flush++;
      return flush();
    });
  await work(overlay(repo, { ...Object.fromEntries(counted), objectWriter }), () => steps.events++);
  return steps;
}

/** A writer whose `flush` is another one. */
function withFlush(
  writer: ObjectWriter,
  change: (flush: ObjectWriter['flush']) => ObjectWriter['flush'],
): ObjectWriter {
  return {
    get pending() {
      return writer.pending;
    },
    add: (...args) => writer.add(...args),
    flush: change(() => writer.flush()),
  };
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
