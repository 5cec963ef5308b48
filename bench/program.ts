import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { environment } from './machine.ts';
import { MemorySampler } from './memory-sampler.ts';

/** The built program. */
export const PROGRAM = join(resolve(import.meta.dirname, '..'), 'bin', 'ckpt.js');

const LINUX = process.platform === 'linux';

/** What a run took: wall time in milliseconds, and where it was looked at the greatest sum of resident memory over all its processes, in bytes. */
export interface Run {
  readonly ms: number;
  readonly memory: number | undefined;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Looking at memory takes time of its own: for a run whose time does not count. */
  readonly withMemory?: boolean;
}

/** Runs a program to its end, without its output. Throws where it fails. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const [program = '', ...rest] = args;
  const { cwd, env = environment(), input = '', withMemory = false } = options;
  const start = performance.now();
  const child = spawn(program, rest, { cwd, env, stdio: ['pipe', 'ignore', 'pipe'] });
  const sampler = withMemory && LINUX ? new MemorySampler(child) : undefined;
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => undefined).end(input);
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  const ms = performance.now() - start;
  const memory = sampler?.stop().resident;
  if (code !== 0) throw new Error(`${args.join(' ')}: exit code ${code}: ${stderr}`);
  return { ms, memory, stderr };
}

/** Runs of several things in turns, by their names. The first turn warms the caches: its memory is looked at, its time does not count. */
export class Turns {
  readonly #times = new Map<string, number[]>();
  readonly #memory = new Map<string, number>();

  add(name: string, { ms, memory }: Run): void {
    if (memory !== undefined) this.#memory.set(name, Math.max(memory, this.#memory.get(name) ?? 0));
    else this.#times.set(name, [...(this.#times.get(name) ?? []), ms]);
  }

  get names(): string[] {
    return [...this.#times.keys()];
  }

  /** The median of the times of that name, in milliseconds. */
  median(name: string): number {
    return median(this.#times.get(name) ?? []);
  }

  /** For a column of a table: the memory of all processes. */
  memory(name: string): string {
    const bytes = this.#memory.get(name);
    return bytes === undefined ? '' : `${Math.round(bytes / 1e6)} MB`;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
