import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { OutputError } from './output-error.ts';
import { wantsJson } from './report-targets.ts';
import { newRun, type RunContext } from './run-context.ts';

/**
 * Runs `ckpt` with these arguments and sets `process.exitCode`. Never throws, and exits by itself only after a signal or an
 * error that nobody caught, when what was written to a pipe has arrived.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const options = beforeDoubleDash(argv);
  const root = packageRoot();
  const program: Program = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const verbose = options.includes('--verbose');
  const context = newRun({ argv, json: wantsJson(options), verbose, version: program.version });
  const fail = failOnce(context);
  watchOutput(fail);
  // What is thrown beside the work: by a stream, in a promise that nobody waits for. It is shown last, when the live view,
  // which ends with the process, has left the terminal.
  process.on('uncaughtException', (error) => {
    process.once('exit', () => fail(error));
    exitAfterOutput();
  });
  try {
    await run(argv, { ...program, root }, context);
  } catch (error) {
    if (fail(error) >= EXIT.interrupted) exitAfterOutput(); // the work that was stopped may go on to read
  }
}

/** What is used of `package.json`. */
interface Program {
  readonly version: string;
  readonly description: string;
}

/** The same, and the folder that it lies in. */
type Installed = Program & { readonly root: string };

async function run(argv: readonly string[], installed: Installed, context: RunContext): Promise<void> {
  const family = context.json ? undefined : familyOf(argv);
  if (family !== undefined) {
    const { showFamily } = await import('./help.ts');
    return showFamily(membersOf(family));
  }
  if (asksForHelp(argv)) return help(argv, installed);
  const command = findCommand(argv);
  if (command === undefined) throw unknownCommand(argv);
  context.command = command.name;
  context.doing = 'starting';
  const { runCommand } = await import('./run.ts');
  try {
    await runCommand(command.name, command.rest, installed.root, context);
  } catch (error) {
    if (argv.length > 0 || describeFailure(error).code !== 'NOT_A_REPOSITORY') throw error;
    await help(argv, installed); // `ckpt` alone, outside of a repository
  }
}

async function help(argv: readonly string[], { root, ...program }: Installed): Promise<void> {
  const words = helpTopic(argv);
  const { showCommand, showProgram } = await import('./help.ts');
  await (words.length === 0 ? showProgram(root, program) : showCommand(root, words));
}

/** Reports the first failure, and sets the exit code; what comes after it is its consequence. Returns the exit code. */
function failOnce(context: RunContext): (error: unknown) => number {
  let exitCode: number | undefined;
  return (error) => {
    if (exitCode === undefined) {
      const failure = describeFailure(error, undefined, context.argv);
      exitCode = failure.exitCode;
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

/** The folder of `package.json`: above `dist/`, where this file is when it is built. */
function packageRoot(): string {
  return dirname(dirname(fileURLToPath(import.meta.url)));
}
