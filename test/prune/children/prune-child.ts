/**
 * `prune-child.ts <job as JSON>`: prunes a repository, or restores an archive, prints `done` and ends; or is killed (SIGKILL) on
 * the way, where the job says so.
 */
import type { ProgressListener } from '../../../src/checkpoint/progress.ts';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName, Repository } from '../../../src/git/repository.ts';
import { prune } from '../../../src/prune/prune.ts';
import { restoreArchive } from '../../../src/prune/restore.ts';
import { type Kill, Killer } from '../../migrate/children/kill.ts';

export interface PruneJob {
  readonly dir: string;
  readonly engine: EngineName;
  /** The number of the archive to restore; `null` prunes. */
  readonly restore: number | null;
  /** What the clock says. */
  readonly now: string;
  readonly kill?: Kill;
}

/** What a child does, for tests that do it themselves. */
export async function work(
  repo: Repository,
  job: Pick<PruneJob, 'restore' | 'now'>,
  onEvent?: ProgressListener,
): Promise<void> {
  const listener = onEvent === undefined ? {} : { onEvent };
  if (job.restore !== null) await restoreArchive(repo, job.restore, listener);
  else await prune(repo, { retentionDays: 14, apply: true, now: () => new Date(job.now), ...listener });
}

if (import.meta.filename === process.argv[1]) {
  const job = JSON.parse(process.argv[2] ?? '') as PruneJob;
  const killer = new Killer(job.kill);
  const repo = await openRepository({ dir: job.dir, engine: job.engine });
  await work(killer.watch(repo), job, killer.onEvent);
  await repo.close();
  process.stdout.write('done');
  await killer.wait();
}
