import type { ProgressListener } from '../checkpoint/progress.ts';
import { rehearsal } from '../git/rehearsal.ts';
import type { Repository } from '../git/repository.ts';
import { type ChosenRemote, chooseRemote } from '../standing/choose-remote.ts';
import { byRemoteName, fetchRefspecs, isOfLayout, REMOTE_PATTERNS, trackingPrefix } from '../standing/remote-refs.ts';
import { forgetFormer, noteRepository } from './forget-former.ts';
import type { FetchResult } from './result.ts';
import { uniteLayouts } from './unite/unite-layouts.ts';
import type { UniteSettings } from './unite/unite-options.ts';

/** Options of a fetch. */
export interface RemoteFetchOptions extends UniteSettings {
  /** A name of a remote, or a URL. Default: that of the settings, or `origin`. */
  readonly remote?: string | undefined;
  /** Brings V2's metadata alone, and unites nothing. */
  readonly isMetadataOnly?: boolean;
  /** False: what the remote has is only looked at. */
  readonly merges?: boolean;
  readonly dryRun?: boolean;
  readonly onEvent?: ProgressListener;
}

/**
 * Brings what a remote has to `refs/ckpt/remotes/<remote>/`, in one fetch, and unites local refs with it. A dry run asks what the remote
 * has and writes nothing.
 */
export async function fetchCheckpoints(repo: Repository, options: RemoteFetchOptions): Promise<FetchResult> {
  const chosen = await chooseRemote(repo, options.remote);
  const result = await fetchFrom(repo, chosen, options);
  for (const message of result.warnings) options.onEvent?.({ kind: 'warning', message });
  return result;
}

/** As `fetchCheckpoints`, from a remote that is chosen already. */
export async function fetchFrom(
  repo: Repository,
  { name, address }: Pick<ChosenRemote, 'name' | 'address'>,
  options: RemoteFetchOptions,
): Promise<FetchResult> {
  const { isMetadataOnly = false, merges = true, dryRun = false, settings, env, askedMaxCheckpoints } = options;
  const onEvent = options.onEvent ?? (() => undefined);
  const scene = dryRun ? rehearsal(repo) : repo;
  await forgetFormer(scene, { name, address });
  const copies = () => scene.listRefs(trackingPrefix(name));
  const old = await copies();
  const before = byRemoteName(name, old);
  onEvent({ kind: 'phase', phase: dryRun ? 'ask the remote' : 'fetch from the remote' });
  const network = repo.network();
  if (!dryRun) await network.fetch(address, fetchRefspecs(name, isMetadataOnly), { copies: isMetadataOnly ? [] : old });
  if (!dryRun) await noteRepository(repo, { name, address });
  const after = dryRun
    ? new Map((await network.list(address, REMOTE_PATTERNS)).map((ref) => [ref.name, ref]))
    : byRemoteName(name, await copies());
  const fetched = [...new Set([...before.keys(), ...after.keys()])]
    .filter((ref) => isOfLayout(ref) && before.get(ref)?.id !== after.get(ref)?.id)
    .map((ref) => ({ ref, old: before.get(ref)?.id ?? null, new: after.get(ref)?.id ?? null }));
  const base = { remote: name, refspecs: [], fetched, dryRun };
  if (dryRun || !merges || isMetadataOnly) {
    const status = fetched.length === 0 ? 'up-to-date' : dryRun ? 'planned' : 'fetched';
    return { ...base, status, united: [], mergedCheckpoints: [], backup: null, warnings: [] };
  }
  const how = { remote: name, seenBefore: before, settings, env, askedMaxCheckpoints, onEvent };
  const union = await uniteLayouts(repo, how);
  const isMoved = fetched.length > 0 || union.refs.length > 0;
  const { refs: united, mergedCheckpoints, backup, warnings } = union;
  return { ...base, status: isMoved ? 'fetched' : 'up-to-date', united, mergedCheckpoints, backup, warnings };
}
