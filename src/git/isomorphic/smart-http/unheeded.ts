import { isTrue } from '../../config-value.ts';
import { EngineUnavailableError, GitError } from '../../errors.ts';
import type { GitConfig } from '../../git-config.ts';
import { httpValues } from './http-settings.ts';

/** Settings of git for TLS, by their names in the environment where they have one: Node's client takes none of them. */
const TLS: Readonly<Record<string, string | undefined>> = {
  sslCAInfo: 'GIT_SSL_CAINFO',
  sslCAPath: 'GIT_SSL_CAPATH',
  sslCert: 'GIT_SSL_CERT',
  sslKey: 'GIT_SSL_KEY',
  sslCipherList: 'GIT_SSL_CIPHER_LIST',
  sslVersion: 'GIT_SSL_VERSION',
  pinnedPubkey: undefined,
};
/** Those for HTTP that change where a request goes, or what it says who asks. */
const HTTP = ['cookieFile', 'curloptResolve'];

/**
 * Makes sure that nothing is set that git would heed for a URL and that this engine can't: another answer than git's would be worse than none.
 * Throws an `EngineUnavailableError` that names the setting, without its value.
 */
export function assertHeeded(config: GitConfig, remote: string, url: string, env: NodeJS.ProcessEnv): void {
  assertAllowed(config, new URL(url).protocol.replace(':', ''), env);
  const found = [proxyFor(config, remote, url, env), ...HTTP.filter((key) => isSet(config, url, key)).map(named)];
  if (url.startsWith('https:')) found.push(...unheededTls(config, url, env));
  const [first] = found.filter((name) => name !== undefined);
  if (first === undefined) return;
  throw new EngineUnavailableError(
    `the engine without git does not heed ${first}, which is set for ${new URL(url).origin}`,
    {
      hint: 'Do it with the git program: --engine native',
    },
  );
}

/** As git does it: `GIT_ALLOW_PROTOCOL`, else `protocol.<name>.allow`, else `protocol.allow`. Throws a `GitError`. */
function assertAllowed(config: GitConfig, protocol: string, env: NodeJS.ProcessEnv): void {
  const list = env.GIT_ALLOW_PROTOCOL;
  const key = [`protocol.${protocol}.allow`, 'protocol.allow'].find((one) => config.get(one) !== undefined) ?? '';
  const value = config.get(key);
  const isRefused = value === 'never' || (value === 'user' && env.GIT_PROTOCOL_FROM_USER === '0');
  if (list === undefined ? !isRefused : list.split(':').includes(protocol)) return;
  throw new GitError(`${protocol} is not allowed by ${list === undefined ? key : 'GIT_ALLOW_PROTOCOL'}`);
}

function unheededTls(config: GitConfig, url: string, env: NodeJS.ProcessEnv): string[] {
  const verifies = httpValues(config, url, 'sslVerify').at(-1);
  const found = verifies !== undefined && !isTrue(verifies) ? [named('sslVerify')] : [];
  if (env.GIT_SSL_NO_VERIFY !== undefined) found.push('GIT_SSL_NO_VERIFY');
  for (const [key, variable] of Object.entries(TLS)) {
    if (variable !== undefined && env[variable]) found.push(variable);
    else if (isSet(config, url, key)) found.push(named(key));
  }
  return found;
}

function isSet(config: GitConfig, url: string, key: string): boolean {
  return Boolean(httpValues(config, url, key).at(-1));
}

function named(key: string): string {
  return `http.${key}`;
}

/**
 * What says that a URL is asked by way of a proxy, as git and curl look for it: the remote's own setting, `http.proxy`, the environment. An empty
 * setting says that there is none; `no_proxy` names hosts without one.
 */
function proxyFor(config: GitConfig, remote: string, url: string, env: NodeJS.ProcessEnv): string | undefined {
  const { protocol, hostname } = new URL(url);
  const first = (...names: string[]) => names.find((name) => env[name]);
  const own = config.get(`remote.${remote}.proxy`);
  const set = own ?? httpValues(config, url, 'proxy').at(-1);
  // Without upper case for http, since a server may set `HTTP_PROXY` from a header for the programs that it starts (curl).
  const ofProtocol = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy'];
  const variable = first(...ofProtocol, 'all_proxy', 'ALL_PROXY');
  const name =
    set === undefined
      ? variable
      : set === ''
        ? undefined
        : own === undefined
          ? named('proxy')
          : `remote.${remote}.proxy`;
  const without = env[first('no_proxy', 'NO_PROXY') ?? ''] ?? '';
  return name !== undefined && isWithoutProxy(without, hostname) ? undefined : name;
}

/** A list of hosts and domains; ranges of addresses are not known here, and then a proxy is one. */
function isWithoutProxy(list: string, hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return list
    .split(/[\s,]+/)
    .map((one) => one.replace(/^\./, '').toLowerCase())
    .some((one) => one !== '' && (one === '*' || host === one || host.endsWith(`.${one}`)));
}
