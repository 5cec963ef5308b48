import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import { withoutCredentials } from '../git/network.ts';
import { repositoryOf } from '../git/remote-url.ts';
import type { Repository } from '../git/repository.ts';
import { isObject } from '../json/read.ts';
import { readSettingsFiles, strategyOptions } from '../stores/settings.ts';

/** Where checkpoints are fetched from and pushed to. */
export interface ChosenRemote {
  /** The name under which what it has is kept. */
  readonly name: string;
  /** What git is given: a name out of its configuration, or a URL. */
  readonly address: string;
  /** Who chose it: the user, the settings (`checkpoint_remote`), or nobody. */
  readonly kind: 'named' | 'settings' | 'default';
  /** False where the settings say that nothing is pushed (`push_sessions: false`). */
  readonly mayPush: boolean;
}

const HOSTS: ReadonlyMap<string, string> = new Map([
  ['github', 'github.com'],
  ['gitlab', 'gitlab.com'],
  ['bitbucket', 'bitbucket.org'],
]);

/**
 * The remote that the user names; else the one of the settings (`checkpoint_remote`), unless this is somebody's fork, whose `origin` has
 * another owner; else `origin`; else the only one that there is. Throws a `CkptError` (`NO_REMOTE`) where there is none.
 */
export async function chooseRemote(repo: Repository, named: string | undefined): Promise<ChosenRemote> {
  const network = repo.network();
  const [settings, remotes] = await Promise.all([readRemoteSettings(repo), network.remotes()]);
  const mayPush = settings.pushSessions;
  if (named !== undefined) {
    if (named.startsWith('-') || named === '') throw noRemote(`${named} is not the name of a remote`);
    const isKnown = remotes.includes(named) || /[/:]/.test(named);
    // As git reads it: `git push . HEAD:work` goes to this repository.
    if (!isKnown && !existsSync(join(repo.workTree ?? repo.gitDir, named)))
      throw noRemote(`there is no remote ${named}`);
    return { name: withoutCredentials(named), address: named, kind: 'named', mayPush };
  }
  const name = defaultOf(remotes);
  const origin = name === undefined ? undefined : (await network.urlsOf(name)).push[0];
  const separate = settings.remote && separateUrl(settings.remote, origin);
  if (separate !== undefined) return { name: 'checkpoints', address: separate, kind: 'settings', mayPush };
  if (name === undefined) {
    throw remotes.length === 0
      ? noRemote('this repository has no remote', 'Add one with `git remote add`, or name a URL.')
      : noRemote('there are several remotes, and none is origin');
  }
  return { name, address: name, kind: 'default', mayPush };
}

/**
 * As `chooseRemote`, for a push and for what looks at what arrived. Where git pushes a remote to another repository than it fetches
 * from (`pushurl`, `pushInsteadOf`), it is that one, by its URL: what the other has says nothing of what this one lacks.
 */
export async function choosePushed(repo: Repository, named: string | undefined): Promise<ChosenRemote> {
  const chosen = await chooseRemote(repo, named);
  const { fetch, push } = await repo.network().urlsOf(chosen.address);
  if (push.some((url) => repositoryOf(url) === repositoryOf(fetch))) return chosen;
  const [address, ...others] = push;
  if (others.length > 0)
    throw noRemote(
      `${chosen.name} is pushed to ${push.length} repositories, and fetched from another one`,
      'Name one by its URL.',
    );
  return { ...chosen, name: withoutCredentials(address), address, kind: 'named' };
}

/** The remote that the user's own branches are at: `origin`, or the only one that there is. */
export async function codeRemote(repo: Repository): Promise<string | undefined> {
  return defaultOf(await repo.network().remotes());
}

function defaultOf(remotes: readonly string[]): string | undefined {
  return remotes.includes('origin') ? 'origin' : remotes.length === 1 ? remotes[0] : undefined;
}

function noRemote(message: string, hint = 'Name one that `git remote` lists, or a URL.'): CkptError {
  return new CkptError('NO_REMOTE', message, { hint, exitCode: 2 });
}

/** The URL of the repository that the settings name, by the protocol of `origin`; `undefined` where `origin` is a fork's. */
function separateUrl(remote: { provider: string; repo: string }, origin: string | undefined): string | undefined {
  const host = HOSTS.get(remote.provider);
  if (host === undefined || !/^[\w.-]+(?:\/[\w.-]+)+$/.test(remote.repo)) return undefined;
  // A group of GitLab has groups within it, of the same owner.
  const owners = repositoryOf(origin ?? '')
    .toLowerCase()
    .split('/')
    .slice(0, -1)
    .filter((part) => !/^\.*$/.test(part));
  const owner = remote.repo.split('/')[0]?.toLowerCase() ?? '';
  if (owners.length > 0 && !owners.includes(owner)) return undefined;
  return origin !== undefined && /^(?:ssh:|[\w.-]+@)/.test(origin)
    ? `git@${host}:${remote.repo}.git`
    : `https://${host}/${remote.repo}.git`;
}

async function readRemoteSettings(repo: Repository) {
  const { shared, local } = await readSettingsFiles(repo);
  const options = [shared, local].map((file) => ({
    ...strategyOptions(file),
    ...('checkpoint_remote' in file ? { checkpoint_remote: file.checkpoint_remote } : {}),
    ...('push_sessions' in file ? { push_sessions: file.push_sessions } : {}),
  }));
  const [ofTeam, own] = options;
  const { checkpoint_remote: remote, push_sessions: push }: Record<string, unknown> = { ...ofTeam, ...own };
  const isRemote = isObject(remote) && typeof remote.provider === 'string' && typeof remote.repo === 'string';
  return {
    pushSessions: push !== false,
    remote: isRemote ? { provider: remote.provider as string, repo: remote.repo as string } : undefined,
  };
}
