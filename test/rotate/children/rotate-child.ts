/**
 * `rotate-child.ts <job as JSON>`: rotates a repository, prints `done` and ends; or is killed (SIGKILL) on the way, where the
 * job says so.
 */
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName } from '../../../src/git/repository.ts';
import { type RotateOptions, rotate } from '../../../src/rotate/rotate.ts';
import { type Kill, Killer } from '../../migrate/children/kill.ts';

export interface RotateJob extends Pick<RotateOptions, 'maxCheckpoints' | 'force' | 'fullCurrentMode'> {
  readonly dir: string;
  readonly engine: EngineName;
  readonly kill?: Kill;
}

const { dir, engine, kill, ...options } = JSON.parse(process.argv[2] ?? '') as RotateJob;
const repo = await openRepository({ dir, engine });
await rotate(new Killer(kill).watch(repo), options);
await repo.close();
process.stdout.write('done');
