/**
 * `migrate-child.ts <job as JSON>`: migrates a repository, prints `done` and ends; or is killed (SIGKILL) on the way, where the
 * job says so.
 */
import { spawn } from 'node:child_process';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName, ObjectWriter, Repository } from '../../../src/git/repository.ts';
import { migrate } from '../../../src/migrate/migrate.ts';
import { overlay } from '../overlay.ts';

/** The calls of the seam that a kill can be tied to. */
export type SeamCall = 'listRefs' | 'walk' | 'readObjects' | 'objectInfo' | 'flush' | 'updateRefs';

/** When a child is killed. */
export type Kill =
  /** Before or after the n-th call, which is counted from 1. */
  | { readonly when: 'before' | 'after'; readonly call: SeamCall; readonly n: number }
  /** At the n-th event of progress. */
  | { readonly when: 'event'; readonly n: number }
  /**
   * So many milliseconds after the migration, or one of its phases, has begun. `group`: together with its process group,
   * which the git programs that it has started are in.
   */
  | {
      readonly when: 'later';
      readonly phase: 'read refs' | 'write objects' | 'move refs';
      readonly ms: number;
      readonly group: boolean;
    };

export interface ChildJob {
  readonly dir: string;
  readonly engine: EngineName;
  readonly maxCheckpoints: number;
  readonly kill?: Kill;
}

const job = JSON.parse(process.argv[2] ?? '') as ChildJob;
const { kill } = job;
let dies: Promise<unknown> | undefined;

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Has this process killed by another one, so that nothing in here can be in the way of the clock. */
function dieLater(ms: number, group: boolean): void {
  const target = `${group ? '-' : ''}${process.pid}`;
  const killer = spawn('sh', ['-c', `sleep ${ms / 1000}; kill -9 ${target}`], { detached: true, stdio: 'ignore' });
  dies = new Promise((resolve) => {
    killer.once('close', resolve);
  });
}

/** A method that the process does not survive for long. */
function deadly<A extends unknown[], R>(
  call: SeamCall,
  method: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  let calls = 0;
  return async (...args) => {
    const isHit = kill !== undefined && 'call' in kill && kill.call === call && kill.n === ++calls;
    if (isHit && kill.when === 'before') die();
    const result = await method(...args);
    if (isHit) die();
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

const repo: Repository = await openRepository({ dir: job.dir, engine: job.engine });
const method = <K extends SeamCall & keyof Repository>(call: K) => ({
  [call]: deadly(call, (repo[call] as (...args: unknown[]) => Promise<unknown>).bind(repo)),
});
const watched = overlay(repo, {
  ...method('listRefs'),
  ...method('walk'),
  ...method('readObjects'),
  ...method('objectInfo'),
  ...method('updateRefs'),
  objectWriter: () => deadlyWriter(repo.objectWriter()),
});

let events = 0;
await migrate(watched, {
  maxCheckpoints: job.maxCheckpoints,
  onEvent: (event) => {
    if (kill?.when === 'event' && kill.n === ++events) die();
    if (kill?.when === 'later' && event.kind === 'phase' && event.phase === kill.phase) dieLater(kill.ms, kill.group);
  },
});
await repo.close();
process.stdout.write('done');
await dies;
