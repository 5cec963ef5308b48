import git from 'isomorphic-git';
import { EngineUnavailableError } from '../errors.ts';
import type { GitConfig } from '../git-config.ts';
import { type Network, RemoteError, withoutCredentials } from '../network.ts';
import { toObjectId } from '../object-id.ts';
import type { Ref } from '../ref.ts';

/**
 * What of the network goes without the git program: asking a remote for its refs over https, with isomorphic-git's own client. A name and
 * a password are taken from the URL alone: helpers, ssh and files are git's.
 */
export class IsomorphicNetwork implements Network {
  readonly #config: () => Promise<GitConfig>;

  constructor(config: () => Promise<GitConfig>) {
    this.#config = config;
  }

  async remotes(): Promise<string[]> {
    const { entries } = await this.#config();
    return [...new Set(entries.flatMap(({ key }) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []))];
  }

  async urlOf(remote: string): Promise<string | undefined> {
    const config = await this.#config();
    return config.get(`remote.${remote}.pushurl`) ?? config.get(`remote.${remote}.url`);
  }

  async list(remote: string, patterns: readonly string[]): Promise<Ref[]> {
    const config = await this.#config();
    const url = rewritten(config, config.get(`remote.${remote}.url`) ?? remote);
    if (!/^https?:\/\//.test(url)) throw unavailable(`asks remotes over https alone, not ${withoutCredentials(url)}`);
    const isAsked = (name: string) => patterns.some((one) => (one.endsWith('*') ? isBelow(name, one) : name === one));
    try {
      const { default: http } = await import('isomorphic-git/http/node');
      const refs = await git.listServerRefs({ http, url, prefix: commonPrefix(patterns), protocolVersion: 2 });
      return refs.filter(({ ref }) => isAsked(ref)).map(({ ref, oid }) => ({ name: ref, id: toObjectId(oid) }));
    } catch (error) {
      throw new RemoteError(
        `${withoutCredentials(remote)}: ${withoutCredentials((error as Error).message.split('\n')[0] ?? '')}`,
        { hint: ['Try it by hand: ', ['git', 'ls-remote', withoutCredentials(remote)]], cause: error },
      );
    }
  }

  async addRefspecs(): Promise<void> {
    throw unavailable('sets up no fetches');
  }

  async removeRefspecs(): Promise<void> {
    throw unavailable('sets up no fetches');
  }

  async fetch(): Promise<void> {
    throw unavailable('fetches nothing');
  }

  async push(): Promise<never> {
    throw unavailable('pushes nothing');
  }

  async delete(): Promise<never> {
    throw unavailable('deletes nothing at a remote');
  }
}

function unavailable(what: string): EngineUnavailableError {
  return new EngineUnavailableError(`the engine without git ${what}`, {
    hint: 'Do it with the git program: --engine native',
  });
}

function isBelow(name: string, pattern: string): boolean {
  return name.startsWith(pattern.slice(0, -1));
}

/** What all patterns begin with: what is asked for with it has what each of them would have. */
function commonPrefix(patterns: readonly string[]): string {
  const [first = '', ...others] = patterns.map((pattern) => pattern.replace(/\*$/, ''));
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}

/** A URL as `url.<base>.insteadOf` rewrites it: the longest beginning counts. */
function rewritten({ entries }: GitConfig, url: string): string {
  const rules = entries.flatMap(({ key, value }) => {
    const base = /^url\.(.+)\.insteadof$/.exec(key)?.[1];
    return base !== undefined && value && url.startsWith(value) ? [{ base, value }] : [];
  });
  const [best] = rules.sort((a, b) => b.value.length - a.value.length);
  return best === undefined ? url : best.base + url.slice(best.value.length);
}
