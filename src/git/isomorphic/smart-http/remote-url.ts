import { GitError } from '../../errors.ts';
import type { GitConfig } from '../../git-config.ts';

/** The URL that a remote, a name or a URL itself, is fetched from. */
export function fetchUrl(config: GitConfig, remote: string): string {
  const url = firstOf(config, `remote.${remote}.url`) ?? remote;
  return rewritten(config, url, 'insteadof') ?? url;
}

/** The URL that a remote, a name or a URL itself, is pushed to. */
export function pushUrl(config: GitConfig, remote: string): string {
  const own = firstOf(config, `remote.${remote}.pushurl`);
  if (own !== undefined) return rewritten(config, own, 'insteadof') ?? own;
  const url = firstOf(config, `remote.${remote}.url`) ?? remote;
  return rewritten(config, url, 'pushinsteadof') ?? fetchUrl(config, remote);
}

/** A remote may have several URLs: git fetches from the first one. */
function firstOf(config: GitConfig, key: string): string | undefined {
  return config.all(key)[0];
}

/** A URL as `url.<base>.insteadOf` rewrites it: the longest beginning counts. `undefined` where none fits. */
function rewritten({ entries }: GitConfig, url: string, key: 'insteadof' | 'pushinsteadof'): string | undefined {
  const rules = entries.flatMap((entry) => {
    const base = entry.key.startsWith('url.') && entry.key.endsWith(`.${key}`) && entry.key.slice(4, -key.length - 1);
    return base && entry.value && url.startsWith(entry.value) ? [{ base, value: entry.value }] : [];
  });
  const [best] = rules.sort((a, b) => b.value.length - a.value.length);
  return best && best.base + url.slice(best.value.length);
}

/** The headers that `http.extraHeader` and `http.<url>.extraHeader` add to requests for a URL; an empty value takes back those before it. Throws a `GitError` for one that can't be sent, without its value. */
export function extraHeaders({ entries }: GitConfig, url: string): Record<string, string> {
  let headers: Record<string, string> = {};
  for (const { key, value } of entries) {
    const scope = /^http\.(?:(.*)\.)?extraheader$/s.exec(key);
    if (scope === null || !(scope[1] === undefined || isFor(scope[1], url))) continue;
    const colon = (value ?? '').indexOf(':');
    if (!value) headers = {};
    else if (colon > 0) headers[value.slice(0, colon).trim()] = value.slice(colon + 1).trim();
  }
  if (!isSendable(headers)) throw new GitError('a header in http.extraHeader has characters that HTTP does not allow');
  return headers;
}

/** The error of `Headers` itself would print the value, which is often a token. */
function isSendable(headers: Record<string, string>): boolean {
  try {
    new Headers(headers);
    return true;
  } catch {
    return false;
  }
}

/** Whether a URL out of the configuration names this one's server and a folder on the way to it. */
function isFor(scope: string, url: string): boolean {
  if (!URL.canParse(scope)) return false;
  const [wanted, asked] = [new URL(scope), new URL(url)];
  const folder = wanted.pathname.replace(/\/*$/, '/');
  return wanted.origin === asked.origin && `${asked.pathname}/`.startsWith(folder);
}
