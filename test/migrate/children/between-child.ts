/** `between-child.ts <job as JSON>`: migrates one layout to another, prints `done` and ends; or is killed (SIGKILL) on the way. */
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName } from '../../../src/git/repository.ts';
import type { LayoutName } from '../../../src/layout/layout.ts';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { migrateThroughBranch } from '../../../src/migrate/migrate.ts';
import { type Kill, Killer } from './kill.ts';

export interface BetweenJob {
  readonly dir: string;
  readonly engine: EngineName;
  readonly from: LayoutName;
  readonly to: LayoutName;
  readonly kill: Kill;
}

const { dir, engine, from, to, kill } = JSON.parse(process.argv[2] ?? '') as BetweenJob;
const killer = new Killer(kill);
const repo = await openRepository({ dir, engine });
const watched = killer.watch(repo);
const { onEvent } = killer;
if (to === 'v2') await migrateThroughBranch(watched, { from: 'refs', to: 'v2' }, { maxCheckpoints: 3, onEvent });
else await migrateBetween(watched, { from, to, onEvent });
await repo.close();
process.stdout.write('done');
await killer.wait();
