import type { Hint } from '../../shell/hint.ts';
import { changeConfig } from '../change-config.ts';
import { GitError } from '../errors.ts';
import { inCaseOf } from '../in-case-of.ts';
import {
  isMovedReason,
  type Network,
  OWN_CA,
  type PushedRef,
  type RefFetchOptions,
  type RemoteDeletion,
  RemoteError,
  type RemoteUpdate,
  type RemoteUrls,
  serverWords,
  withoutCredentials,
} from '../network.ts';
import { type ObjectId, type RefName, toObjectId } from '../object-id.ts';
import { Refspecs } from '../refspecs.ts';
import { isLocalUrl, remoteUrls } from '../remote-url.ts';
import type { Ref, RefUpdate, Repository } from '../repository.ts';
import type { NativeConfig } from './config.ts';
import { type Fetch, fetchAside } from './fetch-aside.ts';
import { fetchInPlace } from './fetch-in-place.ts';
import { isBoundToDir, OUTGOING_REFSPEC, withOutgoingRefs } from './outgoing-refs.ts';
import { type GitProgram, GitProgramError } from './program.ts';
import { isReftable } from './reftable.ts';
import { systemCodeIn } from './system-words.ts';

/** No git of ours asks anybody for anything: a prompt would hang a hook. */
export const NEVER_ASK = ['-c', 'credential.interactive=never'];
/** Nothing beside what was asked for: no maintenance, no submodules, no tags. */
export const FETCH = [
  'fetch',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-auto-gc',
  '--no-write-commit-graph',
  '--no-write-fetch-head',
  '--refmap=',
];

/**
 * A push of more bytes than this buffer holds asks first whether it may, one more request to a server over http; git's own takes 1 MB, the packs of
 * 200 checkpoints more. It is not filled by less.
 */
const ONE_REQUEST = ['-c', 'http.postBuffer=16m'];
const PUSH = ['push', '--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'];

/** The network by way of the `git` program, whose helpers and configuration know the credentials. */
export class NativeNetwork implements Network {
  readonly #git: GitProgram;
  readonly #config: NativeConfig;
  readonly #repo: Repository;
  readonly #global: readonly string[];
  readonly #onFetched: () => Promise<void>;

  /** `onFetched` is called when objects may have come. */
  constructor(git: GitProgram, config: NativeConfig, repo: Repository, onFetched: () => Promise<void>) {
    this.#git = git;
    this.#config = config;
    this.#repo = repo;
    this.#onFetched = onFetched;
    // What a relative URL is relative to.
    this.#global = ['-C', repo.workTree ?? repo.gitDir, ...NEVER_ASK];
  }

  async remotes(): Promise<string[]> {
    return (await this.#config.read()).remotes();
  }

  async urlsOf(remote: string): Promise<RemoteUrls> {
    return remoteUrls(await this.#config.read(), remote);
  }

  async addRefspecs(remote: string, refspecs: readonly string[]): Promise<void> {
    if (refspecs.length === 0) return;
    await changeConfig(this.#repo, async (path) => {
      for (const one of refspecs)
        await this.#git.run(['config', '--file', path, '--add', `remote.${remote}.fetch`, one]);
    });
  }

  async removeRefspecs(remote: string, refspecs: readonly string[]): Promise<void> {
    if (refspecs.length === 0) return;
    await changeConfig(this.#repo, async (path) => {
      for (const one of refspecs) {
        const args = ['config', '--file', path, '--fixed-value', '--unset-all', `remote.${remote}.fetch`, one];
        await this.#git.run(args, { accept: [0, 5] }); // 5: it is not there
      }
    });
  }

  async list(remote: string, patterns: readonly string[]): Promise<Ref[]> {
    const { stdout } = await this.#ask(remote, ['ls-remote', '--refs', '--', remote, ...patterns]);
    return stdout
      .toString('utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [id = '', name = ''] = line.split('\t');
        return { id: toObjectId(id), name };
      });
  }

  async fetch(remote: string, texts: readonly string[], { copies }: RefFetchOptions): Promise<void> {
    const refspecs = new Refspecs(texts);
    const received = copies.filter(({ name }) => refspecs.isReceived(name));
    const fetch: Fetch = (global, options, env) =>
      this.#ask(remote, [...global, ...FETCH, ...options, '--', remote, ...texts], env);
    const aside: Fetch = (global, options, env) =>
      fetch(global, [...options, received.length > 0 ? '--prune' : '--no-prune'], env);
    if (isReftable(await this.#config.read())) await fetchAside(this.#repo, aside);
    else await fetchInPlace(this.#repo, fetch, received);
    await this.#onFetched();
  }

  push(
    remote: string,
    updates: readonly RemoteUpdate[],
    { isAtomic }: { readonly isAtomic: boolean },
  ): Promise<PushedRef[]> {
    return this.#push(remote, updates, [...leases(updates), ...(isAtomic ? ['--atomic'] : [])]);
  }

  async pushForward(remote: string, updates: readonly RemoteUpdate[]): Promise<PushedRef[]> {
    if (!isBoundToDir((await this.#config.read()).entries.map(({ key }) => key))) {
      const pushed = await withOutgoingRefs(this.#repo, updates, (dir) => this.#push(remote, updates, [], dir));
      if (pushed.length > 0) return pushed;
    }
    return this.#push(remote, updates, []);
  }

  delete(remote: string, deletions: readonly RemoteDeletion[]): Promise<PushedRef[]> {
    const updates = deletions.map((deletion) => ({ ...deletion, new: null }));
    return this.#push(remote, updates, leases(deletions));
  }

  /** `from`: a git directory of `withOutgoingRefs` that has the refs. */
  async #push(
    remote: string,
    updates: readonly RefUpdate[],
    options: readonly string[],
    from?: string,
  ): Promise<PushedRef[]> {
    const config = await this.#config.read();
    const buffer = config.get('http.postBuffer') === undefined ? ONE_REQUEST : [];
    const global = [...(from === undefined ? [] : [`--git-dir=${from}`]), ...this.#global, ...buffer];
    const specs =
      from === undefined ? updates.map((update) => `${update.new ?? ''}:${update.ref}`) : [OUTGOING_REFSPEC];
    const copied = config.all(`remote.${remote}.fetch`);
    const { stdout, stderr, exitCode } = await this.#git.run([...global, ...PUSH, ...options, '--', remote, ...specs], {
      accept: ANY_EXIT,
      // What git starts for a repository on this machine moves refs there, and is not to be ended in the middle of that.
      isAlone: this.#git.isUnattended && !remoteUrls(config, remote).push.some(isLocalUrl),
      env: {
        // Of a partial clone git sends objects that it has to fetch before: those of a V2 are V1's, but no history says so.
        GIT_NO_LAZY_FETCH: '0',
        ...(from === undefined ? {} : { GIT_COMMON_DIR: this.#repo.commonDir }),
        ...settingsFor(remote, {
          isMirror: config.isTrue(`remote.${remote}.mirror`),
          hasCopies: copied.length > 0,
          env: this.#git.env,
        }),
      },
    });
    const said = [...stderr.matchAll(/^remote: (.*)$/gm)].map(([, line = '']) => line).join('\n');
    const pushed = parsePorcelain(stdout.toString('utf8'), serverWords(said));
    if (exitCode !== 0 && pushed.length === 0) throw remoteFailure(remote, stderr);
    // What fails here is not the push: a fetch does it again.
    await this.#moveCopies(new Refspecs(copied), updates, pushed).catch(inCaseOf(GitError, () => undefined));
    // Git ends what it sends in the middle then, and all that the remote can say is "unpacker error".
    const absent = /^fatal: unable to read ([0-9a-f]+)$/m.exec(stderr)?.[1];
    if (absent === undefined) return pushed;
    const why = `object ${absent} is absent from this repository`;
    return pushed.map((one) => (one.outcome === 'refused' ? { ...one, reason: `${one.reason}: ${why}` } : one));
  }

  /** Takes note of what the remote has now in the copies of its refs, as `git push` does. */
  async #moveCopies(refspecs: Refspecs, updates: readonly RefUpdate[], pushed: readonly PushedRef[]): Promise<void> {
    const done = new Set(pushed.filter(({ outcome }) => outcome === 'pushed').map(({ ref }) => ref));
    const sent = updates.filter(({ ref }) => done.has(ref)).map(({ ref, new: id }) => ({ name: ref, id }));
    // In a mirror refs are copies of themselves: one that somebody has moved on meanwhile stays there.
    const copies = [...refspecs.received(sent)].filter(([ref]) => !done.has(ref));
    if (copies.length === 0) return;
    const here = new Map((await this.#repo.listRefs(...copies.map(([ref]) => ref))).map(({ name, id }) => [name, id]));
    const moves = copies.map(([ref, id]): RefUpdate => ({ ref, old: here.get(ref) ?? null, new: id }));
    const moved = moves.filter((move) => move.old !== move.new);
    if (moved.length > 0) await this.#repo.updateRefs(moved, 'update by push');
  }

  async #ask(remote: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    try {
      return await this.#git.run([...this.#global, ...args], { env, isAlone: this.#git.isUnattended });
    } catch (error) {
      throw error instanceof GitProgramError ? remoteFailure(remote, error.stderr, error) : error;
    }
  }
}

function leases(moves: ReadonlyArray<{ readonly ref: RefName; readonly old: ObjectId | null }>): string[] {
  return moves.map(({ ref, old }) => `--force-with-lease=${ref}:${old ?? ''}`);
}

/**
 * Variables with the settings of a remote that a push of ours needs, behind those that `env` has.
 *
 * - In a mirror (`git clone --mirror`) git refuses to push some refs only.
 * - Git is to move no copies of the remote's refs: it moves each on its own, and leaves its lock where it is killed. A name that `^` leaves out has no
 *   copy. But git asks so of the ref from which a fetch would make the pushed one (`query_matches_negative_refspec` in its remote.c): here of one
 *   below `none/`, where no refs are. `^refs/*` is for a git that asks of the pushed ref itself.
 */
function settingsFor(
  remote: string,
  {
    isMirror,
    hasCopies,
    env,
  }: { readonly isMirror: boolean; readonly hasCopies: boolean; readonly env: NodeJS.ProcessEnv },
): NodeJS.ProcessEnv {
  const there = Number(env.GIT_CONFIG_COUNT ?? 0);
  const settings = [
    ...(isMirror ? [['mirror', 'false']] : []),
    ...(hasCopies ? ['none/*:refs/*', '^none/*', '^refs/*'].map((refspec) => ['fetch', refspec]) : []),
  ];
  const variables = settings.map(([key, value], i) => ({
    [`GIT_CONFIG_KEY_${there + i}`]: `remote.${remote}.${key}`,
    [`GIT_CONFIG_VALUE_${there + i}`]: value,
  }));
  return Object.assign({ GIT_CONFIG_COUNT: `${there + settings.length}` }, ...variables);
}

const ANY_EXIT = Array.from({ length: 256 }, (_, code) => code);

/** The error for what git said of a remote. */
export function remoteFailure(remote: string, stderr: string, cause?: Error): RemoteError {
  const words = withoutCredentials(stderr)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(?:hint:|From | [ *+=] )/.test(line));
  return new RemoteError(`${withoutCredentials(remote)}: ${words.slice(0, 4).join('; ') || 'git printed no reason'}`, {
    cause,
    systemCode: systemCodeIn(stderr),
    hint: certificateHint(words.join('\n')) ?? ['Try it by hand: ', ['git', 'ls-remote', withoutCredentials(remote)]],
  });
}

/** What helps where a server's certificate is not believed; `undefined` for other failures. */
function certificateHint(words: string): Hint | undefined {
  if (!/certificate/i.test(words)) return undefined;
  const origin = /'(https:\/\/[^/']+)/.exec(words)?.[1];
  const key = origin === undefined ? 'http.sslCAInfo' : `http.${origin}/.sslCAInfo`;
  return [`${OWN_CA} git: `, ['git', 'config', key, 'CA.pem']];
}

/** `git push --porcelain`: a line a ref, `<flag>\t<from>:<to>\t<summary> (<reason>)`. `words` are the server's. */
function parsePorcelain(text: string, words: string | undefined): PushedRef[] {
  return text.split('\n').flatMap((line): PushedRef[] => {
    const [flag, names, summary] = line.split('\t');
    if (flag?.length !== 1 || names === undefined || summary === undefined) return [];
    const ref: RefName = names.slice(names.indexOf(':') + 1);
    if (flag !== '!') return [{ ref, outcome: 'pushed', reason: null }];
    const reason = withoutCredentials(summary);
    // Of refs that go together the server says only beside the answer why none was taken.
    if (/atomic transaction failed/.test(summary) && isMovedReason(words ?? ''))
      return [{ ref, outcome: 'moved', reason: `${reason}: the remote moved meanwhile` }];
    return [isMovedReason(summary) ? { ref, outcome: 'moved', reason } : { ref, outcome: 'refused', reason, words }];
  });
}
