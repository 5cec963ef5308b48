import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';

const NOTHING: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};

/**
 * The HTTP client under isomorphic-git: Node's `fetch`. The one that comes with isomorphic-git loses the error of a connection
 * that breaks off while nothing waits for a piece, and waits forever then; it keeps no upload from running ahead of the network, and asks
 * the old address again after a redirect. One client serves one remote.
 */
export class FetchClient implements HttpClient {
  /** Where a remote has moved to: what its URLs began with, and begin with now. */
  #moved: { readonly from: string; readonly to: string } | undefined;

  async request({ url, method = 'GET', headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> {
    const isMoved = this.#moved !== undefined && url.startsWith(this.#moved.from);
    const target = isMoved && this.#moved ? this.#moved.to + url.slice(this.#moved.from.length) : url;
    const response = await fetch(target, {
      method,
      headers: new URL(target).origin === new URL(url).origin ? headers : withoutSecrets(headers),
      // As git does it: only the first question may be answered by a redirect.
      redirect: method === 'GET' ? 'follow' : 'error',
      // isomorphic-git hands over a list of pieces, this engine a stream.
      ...(body === undefined ? {} : { body: Array.isArray(body) ? Buffer.concat(body) : body, duplex: 'half' }),
    } as RequestInit);
    if (method === 'GET' && response.redirected) this.#noteMove(url, response.url);
    return {
      url: response.url,
      method,
      headers: Object.fromEntries(response.headers),
      body: (response.body ?? NOTHING) as unknown as AsyncIterableIterator<Uint8Array>,
      statusCode: response.status,
      statusMessage: response.statusText,
    };
  }

  #noteMove(asked: string, answered: string): void {
    const tail = asked.slice(asked.indexOf('/info/refs'));
    if (!answered.endsWith(tail)) return;
    this.#moved = { from: asked.slice(0, -tail.length), to: answered.slice(0, -tail.length) };
  }
}

/** Headers for another server than the one that they were meant for. */
function withoutSecrets(headers: Record<string, string>): Record<string, string> {
  const plain = /^(?:accept|content-type|git-protocol|user-agent)$/i;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => plain.test(name)));
}
