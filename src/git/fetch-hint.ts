import type { Hint } from '../shell/hint.ts';
import { BadObjectError, fetchObjectHint, ShallowHistoryError } from './errors.ts';
import type { RefName } from './object-id.ts';
import type { Repository } from './repository.ts';

const NO_REMOTE = 'This repository has no remote. Where another clone has it, name that clone: ';

/** The remote that a hint names: `origin`, else the first; `undefined` where there is none. */
export async function remoteOfHints(repo: Repository): Promise<string | undefined> {
  const remotes = await repo.network().remotes();
  return remotes.includes('origin') ? 'origin' : remotes[0];
}

/** Puts this clone's remote into the hint of an error about what is absent: who meets that while reading knows no remotes. */
export async function nameRemote(repo: Repository, error: unknown): Promise<void> {
  if (error instanceof ShallowHistoryError) error.hint = await unshallowHint(repo);
  if (!(error instanceof BadObjectError) || !Array.isArray(error.hint)) return;
  const own = JSON.stringify(error.hint) === JSON.stringify(fetchObjectHint(error.id));
  const remote = await remoteOfHints(repo).catch(() => 'origin');
  if (own)
    error.hint =
      remote === undefined ? [NO_REMOTE, ['git', 'fetch', 'PATH-OR-URL', error.id]] : fetchObjectHint(error.id, remote);
}

/**
 * The command that fetches the history that a shallow clone lacks, as words. It names the remote: by itself git finds it through the branch that is
 * checked out, and on a CI machine none is.
 */
export async function unshallowCommand(repo: Repository): Promise<readonly string[]> {
  return ['git', 'fetch', '--unshallow', (await remoteOfHints(repo)) ?? 'PATH-OR-URL'];
}

/** How to get the history that a shallow clone lacks, behind some words that say what for. */
export async function unshallowHint(repo: Repository, lead = 'Fetch the rest of it: '): Promise<Exclude<Hint, string>> {
  const hasRemote = (await remoteOfHints(repo)) !== undefined;
  return [hasRemote ? lead : NO_REMOTE, await unshallowCommand(repo)];
}

/**
 * How to get what a partial clone lacks of one ref of its remote, large files left out. The ref is named, since no refspec may bring it, as where
 * one branch was cloned.
 */
export function refetchCommand(remote: string, ref: RefName): readonly string[] {
  return ['git', 'fetch', '--refetch', '--filter=blob:limit=10m', remote, ref];
}

/**
 * The command that brings the checkpoints of this clone's remote here, as words; `undefined` where it has no remote. `ckpt fetch` and not
 * git's own: what a clone fetches by itself depends on how it was made (one branch, a mirror, without blobs), and `git fetch origin
 * BRANCH` moves no ref at all.
 */
async function fetchCommand(repo: Repository): Promise<readonly string[] | undefined> {
  const remotes = await repo.network().remotes();
  const [first] = remotes;
  if (first === undefined) return undefined;
  const isChosen = remotes.length === 1 || remotes.includes('origin');
  const engine = repo.engine === 'native' ? [] : ['--engine', 'native'];
  return ['ckpt', 'fetch', ...(isChosen ? [] : [first]), ...engine];
}

/** How to get what is not here from the remote, behind some words that say what for. */
export async function fetchHint(repo: Repository, lead = 'Fetch it: '): Promise<Exclude<Hint, string>> {
  const command = await fetchCommand(repo);
  return command === undefined ? [NO_REMOTE, ['ckpt', 'fetch', 'PATH-OR-URL']] : [lead, command];
}
