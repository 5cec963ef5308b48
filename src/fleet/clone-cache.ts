import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of the clones where none is named: that of the user's caches (XDG Base Directory Specification). */
export function defaultCache(env: NodeJS.ProcessEnv): string {
  const { XDG_CACHE_HOME: named } = env;
  return join(named || join(homedir(), '.cache'), 'ckpt', 'fleet');
}

/** The clone of a URL without credentials: a name that people recognise, and that no other URL has. */
export function cloneFolder(cache: string, name: string): string {
  const words = name
    .replace(/[^\w.-]+/g, '-')
    .slice(-60)
    .replace(/^[-.]+/, '');
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return join(cache, `${words.replace(/\.git$/, '')}-${hash}.git`);
}
