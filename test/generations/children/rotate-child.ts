/**
 * `rotate-child.ts <job as JSON>`: rotates a repository, prints `done` and ends; or is killed (SIGKILL) on the way, where the
 * job says so.
 */
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName, ObjectWriter, Repository } from '../../../src/git/repository.ts';
import { type RotateOptions, rotate } from '../../../src/migrate/rotate.ts';
import { overlay } from '../../migrate/overlay.ts';

/** The calls of the seam that a kill can be tied to. */
export type RotateCall = 'listRefs' | 'walk' | 'readObjects' | 'flush' | 'updateRefs';

/** The child dies before or after the n-th call, which is counted from 1. */
export interface RotateKill {
  readonly when: 'before' | 'after';
  readonly call: RotateCall;
  readonly n: number;
}

export interface RotateJob extends Pick<RotateOptions, 'maxCheckpoints' | 'force' | 'fullCurrentMode'> {
  readonly dir: string;
  readonly engine: EngineName;
  readonly kill?: RotateKill;
}

const { dir, engine, kill, ...options } = JSON.parse(process.argv[2] ?? '') as RotateJob;

/** A method that the process does not survive. */
function deadly<A extends unknown[], R>(call: RotateCall, method: (...args: A) => Promise<R>) {
  let calls = 0;
  return async (...args: A): Promise<R> => {
    const isHit = kill !== undefined && kill.call === call && kill.n === ++calls;
    if (isHit && kill.when === 'before') process.kill(process.pid, 'SIGKILL');
    const result = await method(...args);
    if (isHit) process.kill(process.pid, 'SIGKILL');
    return result;
  };
}

function deadlyWriter(writer: ObjectWriter): ObjectWriter {
  return {
    get pending() {
      return writer.pending;
    },
    add: (...args) => writer.add(...args),
    flush: deadly('flush', () => writer.flush()),
  };
}

const repo: Repository = await openRepository({ dir, engine });
const method = <K extends RotateCall & keyof Repository>(call: K) => ({
  [call]: deadly(call, (repo[call] as (...args: unknown[]) => Promise<unknown>).bind(repo)),
});
const watched = overlay(repo, {
  ...method('listRefs'),
  ...method('walk'),
  ...method('readObjects'),
  ...method('updateRefs'),
  objectWriter: () => deadlyWriter(repo.objectWriter()),
});
await rotate(watched, options);
await repo.close();
process.stdout.write('done');
