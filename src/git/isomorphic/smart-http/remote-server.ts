import git, { type HttpClient } from 'isomorphic-git';
import type { Hint } from '../../../shell/hint.ts';
import { isTrue } from '../../config-value.ts';
import { EngineUnavailableError, GitError } from '../../errors.ts';
import type { GitConfig } from '../../git-config.ts';
import { OWN_CA, RemoteError, withoutCredentials } from '../../network.ts';
import { type ObjectId, toObjectId } from '../../object-id.ts';
import type { Ref } from '../../ref.ts';
import { isRefName } from '../../refs/ref-names.ts';
import { extraHeaders } from './extra-headers.ts';
import { FetchClient } from './http-client.ts';
import { httpValues } from './http-settings.ts';
import { assertHeeded } from './unheeded.ts';
import { wholeAnswer } from './whole-answer.ts';

/** Some hosts serve only who says that it is git. */
const AGENT = { 'User-Agent': `git/isomorphic-git@${git.version()}` };

/** What a server says before anything is sent to it. */
export interface ReceivingServer {
  readonly refs: ReadonlyMap<string, ObjectId>;
  readonly capabilities: ReadonlySet<string>;
}

/**
 * A repository behind smart HTTP (gitprotocol-http). A name and a password are those of the URL, headers those of the configuration:
 * credential helpers, ssh and files are git's. Whatever fails is a `RemoteError`.
 */
export class RemoteServer {
  readonly #name: string;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #http: FetchClient;
  readonly #wholeHttp: HttpClient = { request: async (asked) => wholeAnswer(await this.#http.request(asked)) };

  /** `name`: as the user knows it. Throws an `EngineUnavailableError` for a URL that is not one of HTTP, and for settings that can't be heeded. */
  constructor(name: string, url: string, config: GitConfig, env: NodeJS.ProcessEnv) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new EngineUnavailableError(
        `the engine without git asks remotes over https alone, not ${withoutCredentials(url)}`,
        { hint: 'Do it with the git program: --engine native' },
      );
    }
    const parsed = new URL(url);
    const agent = env.GIT_HTTP_USER_AGENT ?? httpValues(config, url, 'userAgent').at(-1);
    const own = { ...(agent && { 'User-Agent': agent }), ...extraHeaders(config, url) };
    const follows = httpValues(config, url, 'followRedirects').at(-1) ?? 'initial';
    this.#http = new FetchClient(
      (asked) => assertHeeded(config, name, asked, env),
      follows === 'initial' || isTrue(follows),
    );
    const words = [parsed.username, parsed.password].map(decoded).join(':');
    const authorization = words === ':' ? {} : { Authorization: `Basic ${Buffer.from(words).toString('base64')}` };
    parsed.username = parsed.password = '';
    this.#name = withoutCredentials(name);
    this.#url = parsed.href.replace(/\/+$/, '');
    this.#headers = { ...AGENT, ...own, ...authorization };
  }

  /** The refs of it whose names begin with a prefix. Those with a name that is not a ref's are left out, as git does it. */
  listRefs(prefix: string): Promise<Ref[]> {
    return this.talk(async () => {
      const options = {
        http: this.#wholeHttp,
        url: this.#url,
        headers: { ...this.#headers },
        prefix,
        protocolVersion: 2,
      } as const;
      const refs = await git.listServerRefs(options);
      return refs.flatMap(({ ref, oid }) => (isRefName(ref) ? [{ name: ref, id: toObjectId(oid) }] : []));
    });
  }

  /** What a push starts with. */
  receiving(): Promise<ReceivingServer> {
    return this.talk(async () => {
      const asked = { http: this.#wholeHttp, url: this.#url, headers: { ...this.#headers }, forPush: true } as const;
      const { refs = [], capabilities } = await git.getRemoteInfo2({ ...asked, protocolVersion: 1 });
      return {
        refs: new Map(refs.map(({ ref, oid }) => [ref, toObjectId(oid)])),
        capabilities: new Set(Object.keys(capabilities)),
      };
    });
  }

  /** Sends a request to one of git's services and returns the answer. Used within `talk`. */
  async post(service: 'git-upload-pack' | 'git-receive-pack', body: AsyncIterable<Uint8Array>) {
    const {
      statusCode,
      statusMessage,
      body: answer,
    } = await this.#http.request({
      url: `${this.#url}/${service}`,
      method: 'POST',
      headers: {
        ...this.#headers,
        'content-type': `application/x-${service}-request`,
        accept: `application/x-${service}-result`,
      },
      body: body as AsyncIterableIterator<Uint8Array>,
    });
    if (statusCode !== 200) throw new Error(`HTTP Error: ${statusCode} ${statusMessage}`);
    return answer as AsyncIterable<Uint8Array>;
  }

  /** Does something with the server; what fails is said without credentials. */
  async talk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof GitError) throw error;
      const reason = withoutCredentials(reasonOf(error as Error));
      throw new RemoteError(`${this.#name}: ${reason}`, { hint: this.#hintFor(reason), cause: error });
    }
  }

  #hintFor(reason: string): Hint {
    if (/\b401\b/.test(reason))
      return 'Without git no credential helper is asked: put a name and a password into the URL, or a header into http.extraHeader.';
    if (/certificate/i.test(reason)) return `${OWN_CA} Node: NODE_EXTRA_CA_CERTS=CA.pem in the environment.`;
    return ['Try it by hand: ', ['git', 'ls-remote', this.#name]];
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Why something failed, in one line. `fetch` itself says only that it did. */
function reasonOf({ message, cause }: Error): string {
  const deepest = cause instanceof Error && cause.message !== '' ? cause.message : message;
  return deepest.split('\n')[0] || 'the connection broke off';
}
