import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnknownCommandError } from './errors.ts';
import { exitAfterOutput } from './exit-after-output.ts';
import { EXIT } from './exit-codes.ts';
import { describeFailure, renderFailure } from './failure.ts';
import { nearest } from './nearest.ts';
import { wantsJson } from './report-targets.ts';
import { COMMANDS } from './table.ts';

/**
 * Runs `ckpt` with these arguments and sets `process.exitCode`. Never throws, and exits by itself only after a signal, when
 * what was written to a pipe has arrived.
 */
export async function main(argv: readonly string[]): Promise<void> {
  ignoreClosedPipes();
  const command = findCommand(argv);
  let doing: string | undefined;
  try {
    if (asksForHelp(argv)) {
      const { showHelp } = await import('./help.ts');
      return await showHelp(packageRoot(), helpTopic(argv));
    }
    if (command === undefined) throw unknownCommand(argv);
    const { runCommand } = await import('./run.ts');
    await runCommand(command.name, command.rest, packageJson(), (text) => {
      doing = text;
    });
  } catch (error) {
    const options = beforeDoubleDash(argv);
    const json = wantsJson(options);
    const failure = describeFailure(error);
    const text = renderFailure(failure, error, {
      command: command?.name ?? '',
      doing: failure.exitCode === 2 ? undefined : doing,
      json,
      verbose: options.includes('--verbose'),
    });
    process.exitCode = failure.exitCode;
    (json ? process.stdout : process.stderr).write(text);
    if (failure.exitCode >= EXIT.interrupted) exitAfterOutput(); // the work that was stopped may go on to read
  }
}

/** The command that the arguments name, the longest name first, and the arguments after it. */
export function findCommand(argv: readonly string[]): { name: string; rest: string[] } | undefined {
  for (let words = Math.min(argv.length, 2); words > 0; words--) {
    const name = argv.slice(0, words).join(' ');
    if (Object.hasOwn(COMMANDS, name)) return { name, rest: argv.slice(words) };
  }
  return undefined;
}

function unknownCommand(argv: readonly string[]): UnknownCommandError {
  const names = Object.keys(COMMANDS);
  const [word = argv[0] ?? '', second] = argv.filter((arg) => !arg.startsWith('-'));
  const family = names.filter((name) => name.startsWith(`${word} `));
  if (family.length === 0) return new UnknownCommandError(word, nearest(word, names));
  if (second === undefined) return new UnknownCommandError(word, family.join(', or: ckpt '));
  return new UnknownCommandError(`${word} ${second}`, nearest(`${word} ${second}`, family));
}

function asksForHelp(argv: readonly string[]): boolean {
  return (
    argv.length === 0 || argv[0] === 'help' || beforeDoubleDash(argv).some((arg) => arg === '--help' || arg === '-h')
  );
}

/** The words of the command that help is asked for; none for the list of commands. */
function helpTopic(argv: readonly string[]): string[] {
  const words = argv.filter((arg) => !arg.startsWith('-'));
  if (words[0] === 'help') words.shift();
  if (words.length === 0) return [];
  const found = findCommand(words);
  if (found === undefined) throw unknownCommand(words);
  return found.name.split(' ');
}

function beforeDoubleDash(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

/** The folder of `package.json`: above `dist/`, where this file is when it is built. */
function packageRoot(): string {
  return dirname(dirname(fileURLToPath(import.meta.url)));
}

function packageJson(): { root: string; pjson: Record<string, unknown> } {
  const root = packageRoot();
  return { root, pjson: JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) };
}

/** A reader that went away (`ckpt … | head`) is no failure: the work goes on, nobody sees its words. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
