import { BadObjectError, fetchObjectHint } from '../git/errors.ts';
import type { Repository } from '../git/repository.ts';
import type { Hint } from '../shell/hint.ts';

const NO_REMOTE = 'This repository has no remote. Where another clone has it, name that clone: ';

/** The remote that a hint names: `origin`, else the first; `undefined` where there is none. */
export async function remoteOfHints(repo: Repository): Promise<string | undefined> {
  const remotes = await repo.network().remotes();
  return remotes.includes('origin') ? 'origin' : remotes[0];
}

/** Puts this clone's remote into the hint of an error about an absent object: who meets one while reading knows no remotes. */
export async function nameRemote(repo: Repository, error: unknown): Promise<void> {
  if (!(error instanceof BadObjectError) || !Array.isArray(error.hint)) return;
  const own = JSON.stringify(error.hint) === JSON.stringify(fetchObjectHint(error.id));
  const remote = await remoteOfHints(repo).catch(() => 'origin');
  if (own)
    error.hint =
      remote === undefined ? [`${NO_REMOTE}git fetch PATH-OR-URL ${error.id}`] : fetchObjectHint(error.id, remote);
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
  return command === undefined ? [`${NO_REMOTE}ckpt fetch PATH-OR-URL`] : [lead, command];
}
