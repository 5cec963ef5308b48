import * as Flags from '@oclif/core/flags';
import type { ProgressDisplay } from '../ui/progress-display.ts';
import { plainProgress } from '../ui/progress-plain.ts';
import { colorLevel, hasSymbols, isInteractive, terminalSize } from '../ui/terminal.ts';
import { withoutWorkflowCommands } from '../ui/workflow-commands.ts';

/** The flag of every command whose work may take long. */
export const progressFlags = {
  'no-progress': Flags.boolean({ summary: 'Say nothing about progress: only warnings, and the result.' }),
};

/**
 * The view that fits what stderr is: redrawn in place on a terminal, else lines of a log. ink is loaded by a worker, and only
 * when the work takes long. `isSilent`: only warnings. `title` is the command.
 */
export async function progressDisplay(isSilent: boolean, title: string): Promise<ProgressDisplay> {
  const { stderr, env } = process;
  if (!isSilent && isInteractive(stderr, env)) {
    const { liveProgress } = await import('../ui/live/live-progress.ts');
    return liveProgress({
      title,
      stream: stderr,
      env: { ...env, FORCE_COLOR: String(colorLevel(stderr, env)) },
      hasSymbols: hasSymbols(env),
    });
  }
  const wrapped = await wrappedPage(stderr);
  return plainProgress({
    writeLine: (line) => stderr.write(withoutWorkflowCommands(`${wrapped(line)}\n`)),
    now: () => performance.now(),
    quiet: isSilent,
  });
}

/** What frames a result where stdout is a terminal, and leaves it as it is where it is not. */
export async function resultFrame(title: string): Promise<(text: string) => string> {
  const { stdout, env } = process;
  if (!isInteractive(stdout, env)) return (text) => text;
  const { card } = await import('../ui/card.ts');
  return (text) =>
    card(text, {
      title,
      isOk: (process.exitCode ?? 0) === 0,
      columns: terminalSize(stdout).columns,
      color: colorLevel(stdout, env),
      symbols: hasSymbols(env),
    });
}

/** What breaks the lines of a text that are too long for the terminal of a stream; it leaves them as they are where there is none. */
export async function wrappedPage(stream: NodeJS.WriteStream): Promise<(text: string) => string> {
  if (!isInteractive(stream, process.env)) return (text) => text;
  const { hangingWrap } = await import('../ui/hanging-wrap.ts');
  const { columns } = terminalSize(stream);
  return (text) =>
    text
      .split('\n')
      .flatMap((line) => hangingWrap(line, columns))
      .join('\n');
}
