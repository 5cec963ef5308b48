import { CkptError } from '../checkpoint/errors.ts';
import { TimeLimit } from '../checkpoint/time-limit.ts';
import { assertMaxCheckpoints, DEFAULT_MAX_CHECKPOINTS } from '../generations/max-checkpoints.ts';
import type { GenerationSize } from '../generations/size.ts';
import type { RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import { isMadeOf, layoutOf } from '../layout/layouts.ts';
import { hasWorker, isBackground, requestRun } from '../stores/background.ts';
import { recordRun } from '../stores/last-run.ts';
import { DEFAULT_PLAN, type MirrorPlan, readWritePlan } from '../stores/mirrors.ts';
import type { WriteResult } from '../stores/session-writer.ts';
import type { AwaitedWrite } from './awaited-write.ts';
import type { DualWriteResult, WrittenTarget } from './dual-write-result.ts';
import { logFailure, messageWithCauses } from './failure-log.ts';

/** For a run that failed before it began; from here, so that it is not a file of its own that each hook loads. */
export { logFailure };

/** How long an agent's write is waited for at most, in milliseconds, also where nobody is held up by it. */
const MOST_AWAITED_MS = 10_000;

/** Options of both forms. */
export interface DualWriteOptions {
  /** How long V2 may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Checkpoints in a full generation, whatever V2 records; nothing is recorded of it. Default: by `askedMaxCheckpoints`. */
  readonly maxCheckpoints?: number;
  /** The size that the user gave: it must be the one that V2 records, or is recorded. */
  readonly askedMaxCheckpoints?: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly now?: Date;
}

/** Options of the mirror. */
export interface MirrorOptions extends DualWriteOptions {
  /** The session of an agent that has ended a turn: what other software writes of it then is waited for, for half of the time at most. */
  readonly turnOf?: string | undefined;
  /** Starts a process that does what was asked for, where the repository leaves hooks to one. Absent: the run does it itself. */
  readonly startWorker?: (() => Promise<void>) | undefined;
}

/** The mirror: brings every layout that is to follow up to the primary one. Where none is, it does nothing. */
export async function mirror(repo: Repository, options: MirrorOptions): Promise<DualWriteResult> {
  const run = new MirrorRun(repo, options);
  const plan = await run.plan();
  if (plan.targets.length > 0 && !(await run.leave(plan, options))) await run.mirror(plan, options.turnOf);
  return run.result(plan);
}

/** One run: collects warnings, and the refs that moved in any layout. Failures of what follows the primary layout end here. */
export class MirrorRun {
  readonly started: Date;
  readonly repo: Repository;
  readonly options: DualWriteOptions;
  readonly warnings: string[] = [];
  readonly refs: RefUpdate[] = [];
  readonly #begin = performance.now();
  readonly #targets: WrittenTarget[] = [];
  #awaited: AwaitedWrite | null = null;

  constructor(repo: Repository, options: DualWriteOptions) {
    this.repo = repo;
    this.options = options;
    this.started = options.now ?? new Date();
  }

  /** What is to be done; where the settings can't be read V1 is written all the same, and nothing follows it. */
  async plan(): Promise<MirrorPlan> {
    try {
      const plan = await readWritePlan(this.repo, this.options.env);
      for (const message of plan.unknown) this.warnings.push(message);
      return plan;
    } catch (error) {
      await this.#fail('v2', error);
      await this.#record(this.#begin);
      return DEFAULT_PLAN;
    }
  }

  /** Leaves the run to a process of its own; false where that is not wanted, or can't be asked for. */
  async leave({ targets }: MirrorPlan, { startWorker, turnOf }: MirrorOptions): Promise<boolean> {
    if (startWorker === undefined || !(await isBackground(this.repo))) return false;
    try {
      await requestRun(this.repo, turnOf ?? null);
    } catch {
      return false; // a disk that is full, or read-only: the run itself says so
    }
    if (!(await hasWorker(this.repo.commonDir))) await startWorker();
    for (const each of targets.map((layout) => ({ layout, outcome: 'background' as const }))) this.#targets.push(each);
    return true;
  }

  /** Brings each target up to the primary layout, all within the time limit. One that fails does not stop the others. Never throws. */
  async mirror(plan: MirrorPlan, turnOf?: string): Promise<void> {
    const begin = performance.now();
    const limit = new TimeLimit(this.options.timeoutMs, begin);
    if (turnOf !== undefined) await this.#await(plan.primary, turnOf, limit);
    const { fullCurrentMode } = plan.settings;
    for (const target of plan.targets) {
      try {
        const from = this.#sourceOf(target, plan);
        const bringUp = async () => {
          const { bring } = await import('./bring.ts');
          return bring(this.repo, from, target, { ...(await this.sizeFor(target)), fullCurrentMode });
        };
        const moved = await limit.within(bringUp(), () => timeoutOf(target));
        for (const each of moved.updates) this.refs.push(each);
        for (const each of moved.warnings) this.warnings.push(each);
        this.#targets.push({ layout: target, outcome: 'ok' });
      } catch (error) {
        await this.#fail(target, error);
      }
    }
    await this.#record(begin);
  }

  /** The size of generations; only V2 has them. */
  async sizeFor(layout: LayoutName): Promise<GenerationSize> {
    const { maxCheckpoints, askedMaxCheckpoints: asked } = this.options;
    if (maxCheckpoints !== undefined) assertMaxCheckpoints(maxCheckpoints);
    if (maxCheckpoints !== undefined || !layoutOf(layout).hasGenerations) {
      return { maxCheckpoints: maxCheckpoints ?? DEFAULT_MAX_CHECKPOINTS };
    }
    const { chooseSize } = await import('../generations/size.ts');
    return chooseSize(this.repo, { asked });
  }

  /** V2 is projected from V1: from the branch, where that has just been brought up to the primary layout. */
  #sourceOf(target: LayoutName, { primary }: MirrorPlan): LayoutName {
    const isUp = ({ layout, outcome }: WrittenTarget) => outcome === 'ok' && isMadeOf({ from: layout, to: target });
    return this.#targets.find(isUp)?.layout ?? primary;
  }

  result({ settings, primary }: MirrorPlan, written?: WriteResult, redactionCount = 0): DualWriteResult {
    return {
      mode: settings.mode,
      checkpoint: written?.checkpointId ?? null,
      session: written?.session ?? null,
      refs: this.refs,
      redactionCount,
      v2: this.#targets.find(({ layout }) => layout === 'v2')?.outcome ?? (primary === 'v2' ? 'ok' : 'off'),
      primary,
      targets: this.#targets,
      awaited: this.#awaited,
      warnings: this.warnings,
    };
  }

  /** Waits for what an agent's turn leaves. Where the layout can't be read, the mirror itself will say so. */
  async #await(primary: LayoutName, turnOf: string, limit: TimeLimit): Promise<void> {
    const { awaitWrite } = await import('./awaited-write.ts');
    this.#awaited = await awaitWrite(this.repo, primary, turnOf, limit.part(MOST_AWAITED_MS)).catch(
      () => 'nothing' as const,
    );
  }

  /** Notes for `ckpt hooks status` how the run fared: the worst that became of a target. */
  #record(begin: number): Promise<void> {
    const durationMs = Math.round(performance.now() - begin);
    const outcomes = this.#targets.map(({ outcome }) => outcome);
    const outcome = (['failed', 'timeout'] as const).find((one) => outcomes.includes(one)) ?? 'ok';
    return recordRun(this.repo, { at: this.started.toISOString(), outcome, durationMs });
  }

  async #fail(layout: LayoutName, error: unknown): Promise<void> {
    const outcome = error instanceof CkptError && error.code === 'TIMEOUT' ? 'timeout' : 'failed';
    this.#targets.push({ layout, outcome });
    this.warnings.push(
      `${LAYOUT_NAMES[layout]} ${agreeing(layout, 'is left as it is', 'are left as they are')} until the next run: ${messageWithCauses(error)}`,
    );
    await logFailure(this.repo, this.started, error);
  }
}

function timeoutOf(target: LayoutName): CkptError {
  const message = `${LAYOUT_NAMES[target]} ${agreeing(target, 'was', 'were')} not brought up within the time limit`;
  return new CkptError('TIMEOUT', message, {
    hint: 'The next run goes on with it. --timeout gives it more time.',
  });
}
