import { CkptError } from '../checkpoint/errors.ts';

/** The command was called in a wrong way: exit code 2. */
export class UsageError extends CkptError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string) {
    super('WRONG_USAGE', message, { exitCode: 2, ...(hint === undefined ? {} : { hint }) });
  }
}

/** There is no command of this name: exit code 2. */
export class UnknownCommandError extends CkptError {
  override readonly name = 'UnknownCommandError';

  constructor(command: string, similar: string | undefined) {
    super('UNKNOWN_COMMAND', `there is no command '${command}'`, {
      exitCode: 2,
      hint: similar === undefined ? 'ckpt --help lists the commands.' : `Did you mean: ckpt ${similar}`,
    });
  }
}
