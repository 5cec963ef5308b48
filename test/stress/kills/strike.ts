import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { EngineName } from '../../../src/git/repository.ts';
import { CKPT } from '../../commands/ckpt.ts';
import { cleanEnvironment } from '../../fixtures/git.ts';

/** Bytes of the file that `shim.c` shares between processes, with room to spare. */
const SHARED_SIZE = 8192;

/** Who is killed: every process of the run at once, or the one that was started alone. */
export type Victim = 'everything' | 'leader';

/** What happens at a call: a kill, or an error, of that call alone or of all from there on. */
export type Blow =
  | { readonly victim: Victim }
  | { readonly error: keyof typeof FAILING; readonly lasts: 'once' | 'for good' };

/** The kinds of calls, as `shim.c` numbers them. */
const [MAKES, REMOVES, PERMITS, SYNCS, WRITES] = [1, 2, 4, 8, 16];
const KILLING = MAKES | REMOVES | PERMITS | SYNCS;

/** Which calls fail with an error, as POSIX has it of each. */
const FAILING = {
  ENOSPC: MAKES | SYNCS | WRITES,
  EIO: MAKES | REMOVES | PERMITS | SYNCS | WRITES,
  EROFS: MAKES | REMOVES | PERMITS,
  EACCES: MAKES | REMOVES | PERMITS,
} as const;

/** The errors that calls are made to fail with. */
export const ERRORS = Object.keys(FAILING) as (keyof typeof FAILING)[];

/** How a run ended, and how many calls it made up to then. */
export interface StruckRun {
  readonly isKilled: boolean;
  readonly code: number | null;
  readonly calls: number;
  readonly stdout: string;
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

/** Runs `ckpt`, and strikes at its n-th call that changes the file system; 0: lets it end, and counts the calls. */
export function strikeAt(
  n: number,
  args: readonly string[],
  options: { readonly shim: string; readonly dir: string; readonly engine: EngineName; readonly blow: Blow },
): StruckRun {
  const { shim, dir, engine, blow } = options;
  const shared = `${shim}.run`;
  const state = Buffer.alloc(SHARED_SIZE);
  const isError = 'error' in blow;
  const words = [n, isError ? 0 : Number(blow.victim === 'leader'), 0];
  words.push(isError ? constants.errno[blow.error] : 0, Number(isError && blow.lasts === 'for good'));
  words.push(isError ? FAILING[blow.error] : KILLING);
  for (const [i, word] of words.entries()) state.writeInt32LE(word, 4 * (i + 1));
  writeFileSync(shared, state);
  const { signal, status, stdout, stderr, error } = spawnSync(process.execPath, [CKPT, ...args, '--engine', engine], {
    cwd: dir,
    env: { ...cleanEnvironment(), LD_PRELOAD: shim, CKPT_KILLS: shared, NODE_DISABLE_COMPILE_CACHE: '1' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error !== undefined) throw error;
  const calls = readFileSync(shared).readInt32LE(0);
  return { isKilled: signal === 'SIGKILL', code: status, calls, stdout, stderr };
}
