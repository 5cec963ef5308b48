import type { GitConfig } from './git-config.ts';
import { type RemoteUrls, withoutCredentials } from './network.ts';

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

/** Both. */
export function remoteUrls(config: GitConfig, remote: string): RemoteUrls {
  return { fetch: fetchUrl(config, remote), push: pushUrls(config, remote) };
}

/** Whether git reaches it without ssh and network: a path, which has no colon before its first slash, or `file://`. */
export function isLocalUrl(url: string): boolean {
  return /^(?:file:\/\/|[A-Za-z]:[\\/])/.test(url) || !/^[^/]*:/.test(url);
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

/**
 * The repository that a URL names, for whoever asks whether two name the same: without the user and the way there. A host by an alias, or at
 * another port than that of ssh, is another one.
 */
export function repositoryOf(url: string): string {
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(withoutCredentials(url)) ?? [];
  const place = rest.replace(/^[^/@]*@/, '');
  const withHost =
    scheme === undefined
      ? place.replace(/^([^/:]+):\/?/, '$1/')
      : place.replace(/^([^/:]+):\d*(?=\/)/, scheme === 'ssh' ? '$1' : '$&');
  return withHost.replace(/\/+$/, '').replace(/\.git$/, '');
}
