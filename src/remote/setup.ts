import { CkptError } from '../checkpoint/errors.ts';
import type { Repository } from '../git/repository.ts';
import { chooseRemote } from '../standing/choose-remote.ts';
import { fetchRefspecs } from '../standing/remote-refs.ts';
import type { FetchResult } from './result.ts';

/** How to have git fetch checkpoints. */
export interface SetUpOptions {
  readonly remote?: string | undefined;
  /** V2's metadata alone. */
  readonly isMetadataOnly?: boolean;
  /** Takes back what was set up. */
  readonly removes?: boolean;
  readonly dryRun?: boolean;
}

/** The remotes for which refspecs were added, in git's configuration: only what this command has written does it take out. */
const MARK = 'ckpt.setup';

/**
 * Adds what `ckpt fetch` asks a remote for to the refspecs of `git fetch`, so that it brings checkpoints beside the user's own refs; or takes
 * that out again. Nothing is fetched. Throws a `CkptError` (`NO_REMOTE`) for a remote that has no name in git's configuration.
 */
export async function setUpFetch(
  repo: Repository,
  { remote, isMetadataOnly = false, removes = false, dryRun = false }: SetUpOptions,
): Promise<FetchResult> {
  const { name, address } = await chooseRemote(repo, remote);
  const network = repo.network();
  if (!(await network.remotes()).includes(address)) {
    throw new CkptError(
      'NO_REMOTE',
      `${name} has no name in git's configuration, so that nothing can be set up for it`,
      {
        hint: [
          'Give it one, and name that: ',
          ['git', 'remote', 'add', 'checkpoints', name === 'checkpoints' ? address : name],
        ],
        exitCode: 2,
      },
    );
  }
  const marked = await repo.configAll(MARK);
  const present = new Set(await repo.configAll(`remote.${address}.fetch`));
  const [all, metadata] = [fetchRefspecs(name, false), fetchRefspecs(name, true)];
  const wanted = removes ? [] : isMetadataOnly ? metadata : all;
  const stale = marked.includes(name)
    ? [...all, ...metadata].filter((one) => present.has(one) && !wanted.includes(one))
    : [];
  const added = wanted.filter((one) => !present.has(one));
  if (!dryRun) {
    await network.removeRefspecs(address, stale);
    // The mark comes before what it marks, and goes after it: what a kill in between leaves is known as ours.
    if (added.length > 0 && !marked.includes(name)) await repo.setConfig(MARK, [...marked, name]);
    await network.addRefspecs(address, added);
    if (removes && marked.includes(name))
      await repo.setConfig(
        MARK,
        marked.filter((one) => one !== name),
      );
  }
  const refspecs = removes ? stale : added;
  const isChanged = added.length + stale.length > 0;
  const status = !isChanged ? 'up-to-date' : dryRun ? 'planned' : removes ? 'removed' : 'set-up';
  return {
    status,
    remote: name,
    refspecs,
    fetched: [],
    united: [],
    mergedCheckpoints: [],
    backup: null,
    warnings: [],
    dryRun,
  };
}
