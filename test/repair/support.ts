import type { EngineName } from '../../src/git/repository.ts';
import { type RepairOptions, repair } from '../../src/repair/repair.ts';
import type { RepairResult } from '../../src/repair/repair-result.ts';
import type { VerifyReport } from '../../src/verify/report.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { withRepository } from '../migrate/support.ts';
import { MAX_CHECKPOINTS } from '../verify/sabotages.ts';

const maxCheckpoints = MAX_CHECKPOINTS;

/** Repairs the repository in `dir`, whose generations are as large as those of the damage corpus. */
export function repairIn(dir: string, engine: EngineName, options: RepairOptions = {}): Promise<RepairResult> {
  return withRepository(dir, engine, (repo) => repair(repo, { maxCheckpoints, ...options }));
}

export function verifyIn(dir: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  return withRepository(dir, 'native', (repo) => verify(repo, { maxCheckpoints, ...options }));
}

/** What a repair makes of a repository, without the time that is in the names of backups. */
export function planOf({ mended, left, refs }: RepairResult) {
  return { mended, left, refs: refs.filter(({ ref }) => !ref.startsWith('refs/ckpt/backup/')) };
}
