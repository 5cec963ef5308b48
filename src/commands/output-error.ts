import { CkptError } from '../checkpoint/errors.ts';

/** stdout can't be written, on a full disk for example: the result did not arrive, whatever the work came to. */
export class OutputError extends CkptError {
  constructor(cause: NodeJS.ErrnoException) {
    super('OUTPUT_NOT_WRITTEN', `the result cannot be written to stdout: ${cause.message}`, {
      hint: 'Send it to a place that takes it, and run the command again.',
      cause,
    });
  }
}
