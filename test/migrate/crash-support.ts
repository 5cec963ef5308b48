import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { share } from '../fixtures/scale.ts';
import type { Kill } from './children/kill.ts';

/**
 * Git's own transaction outlives its starter: it is finished, or given up, when its locks are gone. Those of a git that was killed
 * as well stay until the next command, so nobody waits where the group that `pid` led has no process any more.
 */
export async function gitIsGone(dir: string, pid: number): Promise<void> {
  for (let waited = 0; waited < 60_000 && locks(dir).length > 0 && isGroupThere(pid); waited += 10) await delay(10);
}

function isGroupThere(leader: number): boolean {
  try {
    return process.kill(-leader, 0);
  } catch {
    return false;
  }
}

/** Locks of refs that lie about. */
export function locks(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.lock') || /(?:^|[\\/])ckpt[\\/]locks[\\/]./.test(name));
}

/** Children at a time. */
const PARALLEL = 2;

/** Runs cases, a few at a time. The results are in the order in which the cases ended. */
export async function runCases<C, R>(cases: readonly C[], run: (one: C) => Promise<R>): Promise<R[]> {
  const left = [...cases];
  const results: R[] = [];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results.push(await run(next));
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return results;
}

/** What came of a child that was killed: whether it had finished its work, and whether it had moved the refs. */
export interface KilledCase {
  readonly done: boolean;
  readonly moved: boolean;
}

/** How many children were killed, how many of them with work left to do, and how many had moved the refs. */
export function tallyOf(cases: readonly KilledCase[]): { killed: number; early: number; moved: number } {
  const count = (holds: (one: KilledCase) => boolean) => cases.filter(holds).length;
  return { killed: cases.length, early: count(({ done }) => !done), moved: count(({ moved }) => moved) };
}

/** About `count` numbers from 1 to `last`, both included, evenly spread. */
export function spread(last: number, count: number): number[] {
  if (last === 0 || count === 0) return [];
  const numbers = Array.from({ length: count }, (_, i) => 1 + Math.round((i * (last - 1)) / Math.max(1, count - 1)));
  return [...new Set(numbers)];
}

/** The kills that this run tries: a share of them, and always those behind a move of refs, since they leave the new state. */
export function tried<K extends Kill>(kills: readonly K[]): K[] {
  const some = share(kills, 7);
  return kills.filter((kill) => some.includes(kill) || (kill.when === 'after' && kill.call === 'updateRefs'));
}
