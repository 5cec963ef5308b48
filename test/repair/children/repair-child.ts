/** `repair-child.ts <job as JSON>`: repairs a repository, prints `done` and ends; or is killed (SIGKILL) on the way. */
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName } from '../../../src/git/repository.ts';
import { repair } from '../../../src/repair/repair.ts';
import { type Kill, Killer } from '../../migrate/children/kill.ts';

export interface RepairJob {
  readonly dir: string;
  readonly engine: EngineName;
  readonly maxCheckpoints: number;
  readonly kill: Kill;
}

const { dir, engine, maxCheckpoints, kill } = JSON.parse(process.argv[2] ?? '') as RepairJob;
const killer = new Killer(kill);
const repo = await openRepository({ dir, engine });
await repair(killer.watch(repo), { maxCheckpoints, onEvent: killer.onEvent });
await repo.close();
process.stdout.write('done');
await killer.wait();
