import { openRepository } from '../../../src/git/open.ts';
import type { EngineName } from '../../../src/git/repository.ts';
import { cleanEnvironment, gitResult } from '../../fixtures/git.ts';
import { type Expectation, locksIn, stateOf } from '../kills/judge.ts';
import type { StruckRun } from '../kills/strike.ts';

/** What nobody should read who has a full disk. */
const NOT_NAMED = /bug in ckpt|please report|internal error|^\s+at .*:\d+:\d+/im;

/** What is wrong after a run in which a call to the file system failed. */
export async function faultsAfterError(
  dir: string,
  { code, stderr }: Pick<StruckRun, 'code' | 'stderr'>,
  expectation: Expectation,
  reader: EngineName,
): Promise<{ readonly state: string; readonly faults: string[] }> {
  const state = stateOf(dir, expectation);
  const faults: string[] = [];
  if (!['old', 'partly', 'out of turn', 'new'].includes(state)) faults.push(state);
  if (code === null) faults.push('a signal ended it');
  if (NOT_NAMED.test(stderr)) faults.push(`no named error: ${stderr}`);
  // The mirror never fails the git command that it runs in, but says what it left.
  const isDone = code === 0 && state === 'new';
  if (!isDone && stderr.trim() === '') faults.push(`ends with ${code} and says nothing`);
  const fsck = gitResult(dir, ['fsck', '--connectivity-only', '--no-dangling']);
  if (fsck.status !== 0) faults.push(`git fsck: ${fsck.stderr}`);
  await (await openRepository({ dir, env: cleanEnvironment(), engine: reader })).close();
  const locks = locksIn(dir);
  if (locks.length > 0) faults.push(`locks stay: ${locks}`);
  return { state: `${code}, ${state}`, faults };
}
