import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Git's own transaction outlives its starter: it is finished, or given up, when its locks are gone. */
export async function gitIsGone(dir: string): Promise<void> {
  for (let waited = 0; waited < 5000 && locks(dir).length > 0; waited += 10) await delay(10);
}

/** Locks of refs that lie about. */
export function locks(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.lock') || /^ckpt\/locks\/./.test(name));
}

/** About `count` numbers from 1 to `last`, both included, evenly spread. */
export function spread(last: number, count: number): number[] {
  if (last === 0 || count === 0) return [];
  const numbers = Array.from({ length: count }, (_, i) => 1 + Math.round((i * (last - 1)) / Math.max(1, count - 1)));
  return [...new Set(numbers)];
}
