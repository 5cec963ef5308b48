import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '../../../src/git/repository.ts';
import { CKPT } from '../../commands/ckpt.ts';
import { cleanEnvironment } from '../../fixtures/git.ts';

/** Bytes of the file that `shim.c` shares between processes, with room to spare. */
const SHARED_SIZE = 8192;

/** Who is killed: every process of the run at once, or the one that was started alone. */
export type Victim = 'everything' | 'leader';

/** How a run ended, and how many calls it made up to then. */
export interface KilledRun {
  readonly isKilled: boolean;
  readonly calls: number;
  readonly stderr: string;
}

/** Compiles the library that kills into this folder; `undefined` where there is no C compiler, or no `LD_PRELOAD`. */
export function compileShim(folder: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const shim = join(folder, 'shim.so');
  const source = join(import.meta.dirname, 'shim.c');
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', shim, source, '-ldl'], { stdio: 'ignore' });
  return status === 0 ? shim : undefined;
}

/** Runs `ckpt` and kills it right before its n-th call that changes the file system; 0: lets it end, and counts the calls. */
export function killAt(
  n: number,
  args: readonly string[],
  options: { readonly shim: string; readonly dir: string; readonly engine: EngineName; readonly victim: Victim },
): KilledRun {
  const { shim, dir, engine, victim } = options;
  const shared = `${shim}.run`;
  const state = Buffer.alloc(SHARED_SIZE);
  state.writeInt32LE(n, 4);
  state.writeInt32LE(victim === 'leader' ? 1 : 0, 8);
  writeFileSync(shared, state);
  const { signal, stderr, error } = spawnSync(process.execPath, [CKPT, ...args, '--engine', engine], {
    cwd: dir,
    env: { ...cleanEnvironment(), LD_PRELOAD: shim, CKPT_KILLS: shared, NODE_DISABLE_COMPILE_CACHE: '1' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error !== undefined) throw error;
  return { isKilled: signal === 'SIGKILL', calls: readFileSync(shared).readInt32LE(0), stderr };
}
