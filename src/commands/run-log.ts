import { appendFileSync, writeSync } from 'node:fs';
import { pino } from 'pino';
import { type GitCall, gitCalls } from '../git/git-calls.ts';
import { withoutCredentials } from '../git/network.ts';
import { sanitize } from '../ui/sanitize.ts';
import type { LogSettings } from './log-settings.ts';
import { durationOf, type RunContext, type RunLog } from './run-context.ts';

const STDERR = 2;

/** Begins the log of a run, with the run's own beginning; the last entry comes when the process ends. */
export function openRunLog({ level, format, file }: LogSettings, run: RunContext): RunLog {
  const write = (entry: string) => {
    const line = withoutCredentials(format === 'json' ? entry : textLine(entry));
    try {
      if (file === undefined) writeSync(STDERR, line);
      else appendFileSync(file, line);
    } catch {
      // As `CKPT_TRACE`: what is logged goes on.
    }
  };
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  const logger = pino({ ...options, formatters: { level: (label) => ({ level: label }) } }, { write });
  logger.info({ argv: run.argv, version: run.version, node: process.version, platform: process.platform }, 'begun');
  gitCalls.subscribe((message) => {
    const call = message as GitCall;
    logger.debug({ ...call, milliseconds: Math.round(call.milliseconds) }, 'git');
  });
  process.once('exit', (exitCode) => {
    const { command, repository, engine, warnings } = run;
    const facts = { command, repository, engine: engine?.name, warnings: warnings.size };
    logger.info({ ...facts, exitCode, milliseconds: durationOf(run) }, 'ended');
  });
  return {
    isOnStderr: file === undefined,
    progress: (event) => {
      if (event.kind === 'warning') logger.warn(event.message);
      else if (event.kind === 'phase') logger.info({ phase: event.phase, total: event.total }, 'phase');
      else if (event.kind === 'retry') logger.info({ attempt: event.attempt, reason: event.reason }, 'planned again');
    },
    failed: ({ code, message, exitCode }) => logger.error({ code, exitCode }, message),
  };
}

/** An entry for people: the time of day, the level, the message, and what belongs to it as `name=value`. */
function textLine(entry: string): string {
  const { time, level, pid, msg, ...facts } = JSON.parse(entry) as Record<string, unknown>;
  const words = Object.entries(facts).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${sanitize([String(time).slice(11, 23), `ckpt ${level}:`, msg, ...words].join(' '))}\n`;
}
