import { CkptError } from '../checkpoint/errors.ts';

/** The command was called in a wrong way: exit code 2. */
export class UsageError extends CkptError {
  constructor(message: string, hint?: string) {
    super('WRONG_USAGE', message, { exitCode: 2, ...(hint === undefined ? {} : { hint }) });
  }
}

/** There is no command of this name: exit code 2. */
export class UnknownCommandError extends CkptError {
  constructor(command: string, similar: string | undefined) {
    super('UNKNOWN_COMMAND', `there is no command '${command}'`, {
      exitCode: 2,
      hint: similar === undefined ? 'ckpt --help lists the commands.' : `Did you mean: ckpt ${similar}`,
    });
  }
}

/** A screen was asked for where there is none: exit code 2. */
export class NotATerminalError extends CkptError {
  constructor(why: string) {
    super('NOT_A_TERMINAL', `this is a screen to look at, and ${why}`, {
      exitCode: 2,
      hint: ['Elsewhere, use: ', ['ckpt', 'list'], ', and then: ', ['ckpt', 'show', 'ID']],
    });
  }
}
