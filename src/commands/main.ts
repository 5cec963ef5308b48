import { endWithParent } from '../fleet/end-with-parent.ts';
import { programFacts } from '../shell/program-files.ts';
import { exitAfterOutput } from './exit-after-output.ts';
import { EXIT } from './exit-codes.ts';
import { describeFailure, renderFailure } from './failure.ts';
import {
  asksForHelp,
  beforeDoubleDash,
  familyOf,
  findCommand,
  helpTopic,
  membersOf,
  unknownCommand,
} from './find-command.ts';
import { boundHeapGrowth } from './heap-growth.ts';
import { logSettings } from './log-settings.ts';
import { OutputError } from './output-error.ts';
import { wantsJson } from './report-targets.ts';
import { newRun, type RunContext } from './run-context.ts';

/**
 * Runs `ckpt` with these arguments and sets `process.exitCode`. Never throws, and exits by itself only after a signal or an
 * error that nobody caught, when what was written to a pipe has arrived.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const options = beforeDoubleDash(argv);
  const verbose = options.includes('--verbose');
  const context = newRun({ argv, json: wantsJson(options), verbose, version: programFacts().version });
  const fail = failOnce(context);
  watchOutput(fail);
  endWithParent();
  boundHeapGrowth();
  const log = logSettings(options, process.env);
  if (log !== undefined) context.log = (await import('./run-log.ts')).openRunLog(log, context);
  // What is thrown beside the work: by a stream, in a promise that nobody waits for. It is shown last, when the live view,
  // which ends with the process, has left the terminal.
  process.on('uncaughtException', (error) => {
    process.once('exit', () => fail(error));
    exitAfterOutput();
  });
  try {
    await run(argv, context);
  } catch (error) {
    if (fail(error) >= EXIT.interrupted) exitAfterOutput(); // the work that was stopped may go on to read
  }
}

async function run(argv: readonly string[], context: RunContext): Promise<void> {
  const family = context.json ? undefined : familyOf(argv);
  if (family !== undefined) {
    const { showFamily } = await import('./help.ts');
    return showFamily(membersOf(family));
  }
  if (asksForHelp(argv)) return help(argv);
  const command = findCommand(argv);
  if (command === undefined) throw unknownCommand(argv);
  context.command = command.name;
  context.doing = 'starting';
  const { runCommand } = await import('./run.ts');
  try {
    await runCommand(command.name, command.rest, context);
  } catch (error) {
    if (argv.length > 0 || describeFailure(error).code !== 'NOT_A_REPOSITORY') throw error;
    await help(argv); // `ckpt` alone, outside of a repository
  }
}

async function help(argv: readonly string[]): Promise<void> {
  const words = helpTopic(argv);
  const { showCommand, showProgram } = await import('./help.ts');
  await (words.length === 0 ? showProgram() : showCommand(words.join(' ')));
}

/** Reports the first failure, and sets the exit code; what comes after it is its consequence. Returns the exit code. */
function failOnce(context: RunContext): (error: unknown) => number {
  let exitCode: number | undefined;
  return (error) => {
    if (exitCode === undefined) {
      const failure = describeFailure(error, undefined, context.argv);
      exitCode = failure.exitCode;
      context.log?.failed(failure);
      const json = context.json && !(error instanceof OutputError);
      (json ? process.stdout : process.stderr).write(renderFailure(failure, error, { ...context, json }));
    }
    process.exitCode = exitCode;
    return exitCode;
  };
}

/**
 * A reader that went away (`ckpt … | head`) is not a failure: the work goes on, nobody sees its words. A full disk below stdout is
 * one; where stderr can't be written there is nobody to tell.
 */
function watchOutput(fail: (error: unknown) => void): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') fail(new OutputError(error));
  });
  process.stderr.on('error', () => {});
}
