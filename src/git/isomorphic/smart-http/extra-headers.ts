import { GitError } from '../../errors.ts';
import type { GitConfig } from '../../git-config.ts';
import { httpValues } from './http-settings.ts';

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
