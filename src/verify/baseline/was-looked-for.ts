import { DEEP } from '../findings/deep.ts';
import { REMOTE } from '../findings/remote.ts';
import type { VerifyReport } from '../report.ts';
import type { VerifyOptions } from '../verify.ts';
import type { BaselineEntry } from './baseline-file.ts';

/** What keeps a run from comparing anything else. */
const STOPPED_BY: readonly string[] = ['V2_MISSING', 'V1_REWRITTEN'];

/**
 * Whether a run has looked for what an entry of a baseline is about. Where it has not, the entry says nothing by not being
 * found: it lies outside of the run's scope, or the run could not get that far.
 */
export function looksFor(
  { checkpoints, deep = false, secrets = false }: Pick<VerifyOptions, 'checkpoints' | 'deep' | 'secrets'>,
  { findings, counts, remote }: Pick<VerifyReport, 'findings' | 'counts' | 'remote'>,
): (entry: Pick<BaselineEntry, 'code' | 'checkpoint'>) => boolean {
  const isStopped = findings.some(({ code }) => STOPPED_BY.includes(code));
  return ({ code, checkpoint }) => {
    if (code in REMOTE !== (remote !== undefined)) return false;
    if (isStopped) return STOPPED_BY.includes(code);
    if (code in DEEP && !(code === 'SECRET_FOUND' ? secrets : deep)) return false;
    if (checkpoints !== undefined && (checkpoint === undefined || !checkpoints.includes(checkpoint))) return false;
    return counts.commits > 0 || !code.startsWith('COMMIT_');
  };
}
