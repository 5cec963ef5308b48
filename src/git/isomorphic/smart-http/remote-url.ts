import { GitError } from '../../errors.ts';
import type { GitConfig } from '../../git-config.ts';
import { httpValues } from './http-settings.ts';

/** The URL that a remote, a name or a URL itself, is fetched from. */
export function fetchUrl(config: GitConfig, remote: string): string {
  // A remote may have several URLs: git fetches from the first one.
  const [url = remote] = config.all(`remote.${remote}.url`);
  return rewritten(config, url, 'insteadof') ?? url;
}

/** The URLs that a remote, a name or a URL itself, is pushed to: git pushes to all of them. */
export function pushUrls(config: GitConfig, remote: string): [string, ...string[]] {
  const own = config.all(`remote.${remote}.pushurl`);
  const urls = config.all(`remote.${remote}.url`);
  const plain = (url: string) => rewritten(config, url, 'insteadof') ?? url;
  const all =
    own.length > 0 ? own.map(plain) : urls.map((url) => rewritten(config, url, 'pushinsteadof') ?? plain(url));
  const [first = rewritten(config, remote, 'pushinsteadof') ?? plain(remote), ...others] = all;
  return [first, ...others];
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
export function extraHeaders(config: GitConfig, url: string): Record<string, string> {
  const named = new Map<string, string>();
  for (const value of httpValues(config, url, 'extraHeader')) {
    const colon = value.indexOf(':');
    if (value === '') named.clear();
    else if (colon > 0) named.set(value.slice(0, colon).trim(), value.slice(colon + 1).trim());
  }
  const headers = Object.fromEntries(named);
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
