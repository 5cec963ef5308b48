/**
 * `migrate-child.ts <job as JSON>`: migrates a repository, prints `done` and ends; or is killed (SIGKILL) on the way, where the
 * job says so.
 */
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName } from '../../../src/git/repository.ts';
import { migrate } from '../../../src/migrate/migrate.ts';
import { type Kill, Killer } from './kill.ts';

export interface ChildJob {
  readonly dir: string;
  readonly engine: EngineName;
  readonly maxCheckpoints: number;
  readonly kill?: Kill;
}

const { dir, engine, maxCheckpoints, kill } = JSON.parse(process.argv[2] ?? '') as ChildJob;
const killer = new Killer(kill);
const repo = await openRepository({ dir, engine });
await migrate(killer.watch(repo), { maxCheckpoints, onEvent: killer.onEvent });
await repo.close();
process.stdout.write('done');
await killer.wait();
