import type { GitConfig } from '../../git-config.ts';

/**
 * The values of `http.<key>` and `http.<url>.<key>` that hold for a URL, in their order: those of less particular URLs count only before the
 * first of a more particular one (git-config, `http.<url>.*`). Empty values are among them.
 */
export function httpValues({ entries }: GitConfig, url: string, key: string): string[] {
  const end = `.${key.toLowerCase()}`;
  let best: readonly number[] = [0, 0, 0];
  const values: string[] = [];
  for (const { key: full, value } of entries) {
    if (!full.startsWith('http.') || !full.endsWith(end)) continue;
    const scope = full.slice('http.'.length, -end.length);
    const rank = full === `http${end}` ? [0, 0, 0] : rankOf(scope, url);
    if (rank === undefined || isLess(rank, best)) continue;
    best = rank;
    // A key that stands alone means true.
    values.push(value ?? 'true');
  }
  return values;
}

/** How particular a URL of the configuration is; `undefined` where it does not name this URL's server and a folder on the way to it. */
function rankOf(scope: string, url: string): readonly number[] | undefined {
  if (!URL.canParse(scope)) return undefined;
  const [wanted, asked] = [new URL(scope), new URL(url)];
  const folder = wanted.pathname.replace(/\/*$/, '/');
  const hasUser = wanted.username !== '';
  const isOther =
    wanted.protocol !== asked.protocol ||
    wanted.port !== asked.port ||
    (hasUser && wanted.username !== asked.username) ||
    !isHost(wanted.hostname, asked.hostname) ||
    !`${asked.pathname}/`.startsWith(folder);
  return isOther ? undefined : [wanted.hostname.length, folder.length, Number(hasUser)];
}

/** A `*` stands for one part of a host's name. */
function isHost(pattern: string, host: string): boolean {
  const [wanted, asked] = [pattern.split('.'), host.split('.')];
  return wanted.length === asked.length && wanted.every((part, i) => part === '*' || part === asked[i]);
}

function isLess(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((number, i) => number !== other[i]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}
