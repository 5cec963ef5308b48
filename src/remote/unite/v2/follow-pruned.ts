import { backupOf } from '../../../generations/backup.ts';
import { GenerationState } from '../../../generations/generation-state.ts';
import { readEntries, readManifest } from '../../../generations/manifest.ts';
import { type GenerationChange, manifestUpdate } from '../../../generations/manifest-update.ts';
import { executePlan } from '../../../git/execute-plan.ts';
import type { ObjectWriter, RefUpdate, Repository } from '../../../git/repository.ts';
import { type ArchiveRef, readLayoutRefs } from '../../../layout/layout-refs.ts';
import { V2_MANIFEST_REF } from '../../../layout/ref-names.ts';
import { byRemoteName, trackingPrefix } from '../../../standing/remote-refs.ts';
import type { United } from '../../result.ts';
import type { UniteOptions } from '../unite-options.ts';

interface FollowPlan extends United {
  readonly updates: readonly RefUpdate[];
  readonly writer?: ObjectWriter;
}

/**
 * Prunes here what the remote's manifest calls pruned, where an archive here holds the same checkpoints: V1 gives every clone the same
 * archives, and says nothing of which were pruned. What goes is kept under `refs/ckpt/backup/`.
 */
export function followPruned(
  repo: Repository,
  { remote, onEvent }: Pick<UniteOptions, 'remote' | 'onEvent'>,
): Promise<United> {
  return executePlan(repo, () => planFollow(repo, remote), { message: `ckpt fetch: ${remote}`, onEvent });
}

async function planFollow(repo: Repository, remote: string): Promise<FollowPlan> {
  const refs = await readLayoutRefs(repo);
  const going = await prunedThere(repo, remote, refs.archives, new GenerationState(repo, refs));
  if (going.length === 0) return { updates: [], refs: [], mergedCheckpoints: [], backup: null, warnings: [] };
  const writer = repo.objectWriter();
  const { prefix, updates: kept, warnings } = await backupOf(repo, new Map(going.map(({ name, id }) => [name, id])));
  const pruned = going.map(({ number }): GenerationChange => ({ kind: 'pruned', number }));
  const sources = { repo, sink: writer, state: new GenerationState(repo, refs), main: refs.main };
  const moves: RefUpdate[] = [
    ...going.map(({ name, id }) => ({ ref: name, old: id, new: null })),
    ...(await manifestUpdate(sources, pruned)),
  ];
  const names = going.map(({ name }) => name).join(', ');
  return {
    updates: [...kept, ...moves],
    writer,
    refs: moves.map((move) => ({ ...move, layout: 'v2', change: move.new === null ? 'deleted' : 'forwarded' })),
    mergedCheckpoints: [],
    backup: prefix,
    warnings: [`${names}: pruned by somebody else, and here as well; kept under ${prefix}`, ...warnings],
  };
}

async function prunedThere(
  repo: Repository,
  remote: string,
  archives: readonly ArchiveRef[],
  state: GenerationState,
): Promise<ArchiveRef[]> {
  const theirs = byRemoteName(remote, await repo.listRefs(trackingPrefix(remote))).get(V2_MANIFEST_REF)?.id;
  if (theirs === undefined || theirs === state.refs.manifest || archives.length === 0) return [];
  const entries = await readEntries(repo, await readManifest(repo, theirs));
  const going: ArchiveRef[] = [];
  for (const archive of archives) {
    const entry = entries.get(archive.number)?.entry;
    if (entry?.isPruned !== true) continue;
    const { checkpoints } = await state.archive(archive);
    const isSame =
      entry.checkpoints.length === checkpoints.size && entry.checkpoints.every((id) => checkpoints.has(id));
    if (isSame) going.push(archive);
  }
  return going;
}
