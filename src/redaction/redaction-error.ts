import { CkptError } from '../checkpoint/errors.ts';

/**
 * Redaction could not be done, or not to the end. What was to be redacted must not be stored then; its content is not in
 * the message.
 */
export class RedactionError extends CkptError {
  override readonly name = 'RedactionError';

  constructor(message: string, cause?: unknown) {
    super('REDACTION_FAILED', `redacting secrets: ${message}`, {
      hint: 'Nothing that was not redacted may be stored. Store the checkpoint without its transcript, or report the mistake.',
      cause,
    });
  }
}

/** Runs `work`; whatever it throws becomes a `RedactionError`. */
export async function asRedactionError<T>(doing: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RedactionError) throw error;
    throw new RedactionError(`${doing} failed`, error);
  }
}
