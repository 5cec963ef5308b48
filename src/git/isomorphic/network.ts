import { EngineUnavailableError } from '../errors.ts';
import type { GitConfig } from '../git-config.ts';
import type { Network, RefFetchOptions } from '../network.ts';
import type { Ref, Repository } from '../repository.ts';
import { fetchRefs } from './smart-http/fetch-refs.ts';
import { Refspecs } from './smart-http/refspecs.ts';
import { RemoteServer } from './smart-http/remote-server.ts';
import { fetchUrl, pushUrl } from './smart-http/remote-url.ts';

/** The network without the git program: https, by isomorphic-git where that can do it. Helpers for credentials, ssh and files are git's. */
export class IsomorphicNetwork implements Network {
  readonly #repo: Repository;
  readonly #config: () => Promise<GitConfig>;

  constructor(repo: Repository, config: () => Promise<GitConfig>) {
    this.#repo = repo;
    this.#config = config;
  }

  async remotes(): Promise<string[]> {
    const { entries } = await this.#config();
    return [...new Set(entries.flatMap(({ key }) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []))];
  }

  async urlOf(remote: string): Promise<string | undefined> {
    const config = await this.#config();
    return config.get(`remote.${remote}.url`) === undefined ? undefined : pushUrl(config, remote);
  }

  async list(remote: string, patterns: readonly string[]): Promise<Ref[]> {
    return listRefs(await this.#server(remote), patterns);
  }

  async addRefspecs(): Promise<void> {
    throw unavailable('sets up no fetches');
  }

  async removeRefspecs(): Promise<void> {
    throw unavailable('sets up no fetches');
  }

  async fetch(remote: string, texts: readonly string[], { isPruning }: RefFetchOptions): Promise<void> {
    const server = await this.#server(remote);
    const refspecs = new Refspecs(texts);
    await fetchRefs(this.#repo, server, await listRefs(server, refspecs.asked), { refspecs, isPruning });
  }

  async push(): Promise<never> {
    throw unavailable('pushes nothing');
  }

  async delete(): Promise<never> {
    throw unavailable('deletes nothing at a remote');
  }

  async #server(remote: string): Promise<RemoteServer> {
    const config = await this.#config();
    return new RemoteServer(remote, fetchUrl(config, remote), config);
  }
}

function unavailable(what: string): EngineUnavailableError {
  return new EngineUnavailableError(`the engine without git ${what}`, {
    hint: 'Do it with the git program: --engine native',
  });
}

/** The refs of a server that match one of some patterns. */
async function listRefs(server: RemoteServer, patterns: readonly string[]): Promise<Ref[]> {
  const isAsked = (name: string) =>
    patterns.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
  return (await server.listRefs(commonPrefix(patterns))).filter(({ name }) => isAsked(name));
}

/** What all patterns begin with: what is asked for with it has what each of them would have. */
function commonPrefix(patterns: readonly string[]): string {
  const [first = '', ...others] = patterns.map((pattern) => pattern.replace(/\*$/, ''));
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
