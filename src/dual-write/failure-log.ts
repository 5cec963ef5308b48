import { appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { sharedModeOf } from '../git/shared-mode.ts';

/** Where V2 failures are noted, from the git directory that all worktrees share. */
const FAILURE_LOG = 'ckpt/dual-write.log';

/** Notes a V2 failure as one line: when, its code, and why. Never throws: there is nothing better to be done about it. */
export async function logFailure(
  repo: Pick<Repository, 'commonDir' | 'config'>,
  at: Date,
  error: unknown,
): Promise<void> {
  const path = join(repo.commonDir, FAILURE_LOG);
  const line = { at: at.toISOString(), code: codeOf(error), message: messageWithCauses(error) };
  try {
    const shared = await sharedModeOf(repo);
    await shared.makeFolder(dirname(path));
    await appendFile(path, `${JSON.stringify(line)}\n`);
    await shared.file(path);
  } catch {
    // the warning on stderr has to do
  }
}

/** Why something failed, with the causes behind it: those that the message does not give itself. */
export function messageWithCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : messageWithCauses(error.cause);
  return error.message.includes(cause) ? error.message : `${error.message} (${cause})`;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNEXPECTED';
}
