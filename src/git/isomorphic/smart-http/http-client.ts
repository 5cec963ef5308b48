import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';

const NOTHING: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};

/** As many as git follows. */
const MAX_REDIRECTS = 20;

/**
 * The HTTP client under isomorphic-git: Node's `fetch`. The one that comes with isomorphic-git loses the error of a connection
 * that breaks off while nothing waits for a piece, and waits forever then; it keeps no upload from running ahead of the network, and asks
 * the old address again after a redirect. One client serves one remote.
 */
export class FetchClient implements HttpClient {
  /** Where a remote has moved to: what its URLs began with, and begin with now. */
  #moved: { readonly from: string; readonly to: string } | undefined;
  readonly #assertAsked: (url: string) => void;
  readonly #follows: boolean;

  /** `assertAsked` throws where a URL is not to be asked, one that an answer redirects to included. */
  constructor(assertAsked: (url: string) => void, follows: boolean) {
    this.#assertAsked = assertAsked;
    this.#follows = follows;
  }

  async request({ url, method = 'GET', headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> {
    const response = await this.#follow(url, (target) =>
      fetch(target, {
        method,
        headers: new URL(target).origin === new URL(url).origin ? headers : withoutSecrets(headers),
        // As git does it: only the first question may be answered by a redirect. `fetch` would take headers of `http.extraHeader` along.
        redirect: method === 'GET' ? 'manual' : 'error',
        // isomorphic-git hands over a list of pieces, this engine a stream.
        ...(body === undefined ? {} : { body: Array.isArray(body) ? Buffer.concat(body) : body, duplex: 'half' }),
      } as RequestInit),
    );
    return {
      url: response.url,
      method,
      headers: Object.fromEntries(response.headers),
      body: (response.body ?? NOTHING) as unknown as AsyncIterableIterator<Uint8Array>,
      statusCode: response.status,
      statusMessage: response.statusText,
    };
  }

  /** Asks for a URL where it is now, and where the answers redirect to. */
  async #follow(url: string, ask: (target: string) => Promise<Response>): Promise<Response> {
    const { from, to } = this.#moved ?? { from: url, to: url };
    let target = url.startsWith(from) ? to + url.slice(from.length) : url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      this.#assertAsked(target);
      const response = await ask(target);
      const next = redirectOf(response, target);
      if (next === undefined) {
        if (redirects > 0) this.#noteMove(url, target);
        return response;
      }
      await response.body?.cancel();
      if (!this.#follows) throw new Error('the server redirects, and http.followRedirects says not to follow');
      target = next;
    }
    throw new Error(`the server redirects more than ${MAX_REDIRECTS} times`);
  }

  #noteMove(asked: string, answered: string): void {
    const tail = asked.slice(asked.indexOf('/info/refs'));
    if (!answered.endsWith(tail)) return;
    this.#moved = { from: asked.slice(0, -tail.length), to: answered.slice(0, -tail.length) };
  }
}

/** Where an answer redirects to, without a name and a password: nobody here has given them. Throws where that is not HTTP. */
function redirectOf({ status, headers }: Response, asked: string): string | undefined {
  const location = headers.get('location');
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (!URL.canParse(location, asked)) throw new Error('the server redirects to what is not a URL');
  const target = new URL(location, asked);
  if (!/^https?:$/.test(target.protocol))
    throw new Error(`the server redirects to ${target.protocol}, which is not HTTP`);
  target.username = target.password = '';
  return target.href;
}

/** Headers for another server than the one that they were meant for. */
function withoutSecrets(headers: Record<string, string>): Record<string, string> {
  const plain = /^(?:accept|content-type|git-protocol|user-agent)$/i;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => plain.test(name)));
}
