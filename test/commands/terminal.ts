import { onTestFinished } from 'vitest';
import { Terminal, type TerminalOptions } from '../fixtures/terminal.ts';
import { CKPT } from './ckpt.ts';

/** Starts the built program in a terminal, which is closed when the test is over. */
export function ckptInTerminal(args: readonly string[], options?: TerminalOptions): Terminal {
  return closing(new Terminal(process.execPath, [CKPT, ...args], options));
}

/** Starts the built program in a terminal by a line for the shell, in which `$ckpt` stands for it: for redirections. */
export function shellInTerminal(line: string, options?: TerminalOptions): Terminal {
  const ckpt = `'${process.execPath}' '${CKPT}'`;
  return closing(new Terminal('/bin/sh', ['-c', line.replaceAll('$ckpt', ckpt)], options));
}

function closing(terminal: Terminal): Terminal {
  onTestFinished(() => terminal.close());
  return terminal;
}
