import { EngineUnavailableError } from '../errors.ts';
import type { GitConfig } from '../git-config.ts';
import {
  type Network,
  type PushedRef,
  type RefFetchOptions,
  type RemoteDeletion,
  type RemoteUpdate,
  type RemoteUrls,
  withoutCredentials,
} from '../network.ts';
import { ObjectsThere } from '../objects-there.ts';
import { Refspecs } from '../refspecs.ts';
import { fetchUrl, pushUrls, remoteUrls } from '../remote-url.ts';
import type { Ref, RefUpdate, Repository } from '../repository.ts';
import type { ObjectStore } from './object-store.ts';
import { fetchRefs } from './smart-http/fetch-refs.ts';
import { pushRefs } from './smart-http/push-refs.ts';
import { RemoteServer } from './smart-http/remote-server.ts';

/** The network without the git program: https, by isomorphic-git where that can do it. Helpers for credentials, ssh and files are git's. */
export class IsomorphicNetwork implements Network {
  readonly #repo: Repository;
  readonly #objects: ObjectStore;
  readonly #config: () => Promise<GitConfig>;
  readonly #env: NodeJS.ProcessEnv;
  readonly #there = new Map<string, ObjectsThere>();

  constructor(repo: Repository, objects: ObjectStore, config: () => Promise<GitConfig>, env: NodeJS.ProcessEnv) {
    this.#repo = repo;
    this.#objects = objects;
    this.#config = config;
    this.#env = env;
  }

  async remotes(): Promise<string[]> {
    return (await this.#config()).remotes();
  }

  async urlsOf(remote: string): Promise<RemoteUrls> {
    return remoteUrls(await this.#config(), remote);
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

  async fetch(remote: string, texts: readonly string[], { copies }: RefFetchOptions): Promise<void> {
    const server = await this.#server(remote);
    const refspecs = new Refspecs(texts);
    await fetchRefs(this.#repo, server, await listRefs(server, refspecs.asked), { refspecs, copies });
  }

  push(
    remote: string,
    updates: readonly RemoteUpdate[],
    { isAtomic }: { readonly isAtomic: boolean },
  ): Promise<PushedRef[]> {
    return this.#push(remote, updates, isAtomic);
  }

  /** With leases as well, which cost nothing here. */
  pushForward(remote: string, updates: readonly RemoteUpdate[]): Promise<PushedRef[]> {
    return this.#push(remote, updates, false);
  }

  delete(remote: string, deletions: readonly RemoteDeletion[]): Promise<PushedRef[]> {
    return this.#push(
      remote,
      deletions.map((deletion) => ({ ...deletion, new: null })),
      false,
    );
  }

  async #push(remote: string, updates: readonly RefUpdate[], isAtomic: boolean): Promise<PushedRef[]> {
    const config = await this.#config();
    const [url, ...others] = pushUrls(config, remote);
    if (others.length > 0) throw unavailable(`pushes to one URL, and ${remote} has ${others.length + 1}`);
    const server = new RemoteServer(remote, url, config, this.#env);
    // A run pushes git-refs many times to one remote: what it has is not looked for each time.
    const there = this.#there.get(remote) ?? new ObjectsThere(this.#repo);
    this.#there.set(remote, there);
    return pushRefs(this.#objects, { server, name: withoutCredentials(remote), there }, updates, isAtomic);
  }

  async #server(remote: string): Promise<RemoteServer> {
    const config = await this.#config();
    return new RemoteServer(remote, fetchUrl(config, remote), config, this.#env);
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
