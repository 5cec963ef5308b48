import { spawn } from 'node:child_process';
import { isInteractive, terminalSize } from '../ui/terminal.ts';

/** What `less` does where the user does not say: end where the text fits, keep colours, leave the text on the screen. */
const LESS = 'FRX';

/**
 * Writes a text on stdout; on a terminal that it is too long for, through the program that `$PAGER` names, or `less`. The environment
 * alone names it, never a repository. Where it can't be started the text is written as it is.
 */
export async function writePaged(text: string): Promise<void> {
  const { stdout, env } = process;
  const { PAGER: asked = 'less' } = env;
  const isShort = text.split('\n').length <= terminalSize(stdout).rows;
  if (!isInteractive(stdout, env) || isShort || asked === '' || asked === 'cat' || !(await pageThrough(asked, text))) {
    stdout.write(text);
  }
}

/** Resolves when the user has ended the pager: to false where there is no such program. */
async function pageThrough(command: string, text: string): Promise<boolean> {
  const env = { ...process.env, LESS: process.env.LESS ?? LESS };
  // Ctrl-C is the pager's while it runs.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    return await new Promise<boolean>((settle) => {
      const pager = spawn(command, { shell: true, env, stdio: ['pipe', 'inherit', 'inherit'] });
      pager.on('error', () => settle(false));
      // Against its type it is not there where too many files are open.
      const stdin: NodeJS.WritableStream | undefined = pager.stdin;
      stdin?.on('error', ignore); // it was ended before the last line
      stdin?.end(text);
      pager.on('close', (code) => settle(code !== 127)); // a shell's word for a program that is not there
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}
