import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { CkptError } from '../../checkpoint/errors.ts';
import { defaultCache } from '../../fleet/clone-cache.ts';
import type { FleetPlace } from '../../fleet/fleet-place.ts';
import type { FleetCommand } from '../../fleet/fleet-row.ts';
import { fleetSummary } from '../../fleet/fleet-summary.ts';
import { readFleet } from '../../fleet/read-fleet.ts';
import { openReport } from '../../fleet/report-folder.ts';
import { type FleetResult, runFleet, worstOf } from '../../fleet/run-fleet.ts';
import { shardOf } from '../../fleet/shard.ts';
import { fleetText } from '../../ui/fleet-text.ts';
import { BaseCommand } from '../base.ts';
import { EXIT } from '../exit-codes.ts';
import { fleetFlags, shardOfFlag, sourceOfFleet, splitWords } from './fleet-flags.ts';
import { writeFleetReport } from './write-fleet-report.ts';

/** What `ckpt fleet status`, `migrate`, `verify` and `push` share: all but which command they run in each repository. */
export abstract class FleetBaseCommand extends BaseCommand {
  static override flags = fleetFlags;

  /** The command that runs in each repository that the flags name. */
  protected abstract readonly inEach: FleetCommand;

  /** Runs it, and shows where the fleet stands. */
  async run(): Promise<void> {
    const { own, words } = splitWords(this.argv);
    const { flags } = await this.parse({ flags: fleetFlags, baseFlags: BaseCommand.baseFlags }, own);
    const shard = shardOfFlag(flags.shard, process.env);
    this.doing('reading which repositories there are');
    const all = await readFleet(sourceOfFleet(flags));
    const places = shard === undefined ? all : all.filter(({ name }) => shardOf(name, shard.total) === shard.index);
    const subject = { command: this.inEach, words };
    this.doing('opening the report');
    const report = flags.report === undefined ? undefined : await openReport(flags.report, subject, shard);
    let result: FleetResult;
    try {
      result = await this.#stoppably(places, (signal) =>
        this.withProgress(
          (onEvent) =>
            runFleet({
              ...subject,
              places,
              jobs: flags.jobs ?? availableParallelism(),
              cache: resolve(flags.cache ?? defaultCache(process.env)),
              env: process.env,
              timeoutMs: flags['repo-timeout'] * 1000,
              report,
              retries: flags.retry,
              signal,
              onEvent,
            }),
          { frame: false },
        ),
      );
    } finally {
      await report?.close();
    }
    const summary = fleetSummary(subject, result.rows);
    // Shards that end together would write over each other's pages: they are for `ckpt fleet merge`.
    if (flags.report !== undefined && shard === undefined) await writeFleetReport(flags.report, summary);
    const exitCode = worstOf(result.rows);
    const { doneBeforeCount } = result;
    const facts = { shard: shard ?? null, report: flags.report ?? null, doneBeforeCount };
    this.finish({ result: { ...summary, ...facts }, ok: exitCode === 0, exitCode }, ({ durationMs }) =>
      fleetText(summary, { ...facts, durationMs }),
    );
  }

  /** Ctrl-C and SIGTERM end the children, and then the run, with an error that says how far it came; a second signal ends it at once. */
  async #stoppably(
    places: readonly FleetPlace[],
    work: (signal: AbortSignal) => Promise<FleetResult>,
  ): Promise<FleetResult> {
    const stopping = new AbortController();
    let stop: NodeJS.Signals | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      if (stop !== undefined) process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
      stop = signal;
      stopping.abort();
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    try {
      const result = await work(stopping.signal);
      if (stop === undefined || result.leftCount === 0) return result;
      throw stopped(stop, `${result.rows.length} of ${places.length} repositories are done`);
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  }
}

function stopped(signal: NodeJS.Signals, how: string): CkptError {
  const hint = 'With --report DIR the same command goes on from here.';
  return signal === 'SIGINT'
    ? new CkptError('INTERRUPTED', `stopped by Ctrl-C: ${how}`, { hint, exitCode: EXIT.interrupted })
    : new CkptError('TERMINATED', `stopped by SIGTERM: ${how}`, { hint, exitCode: EXIT.terminated });
}
