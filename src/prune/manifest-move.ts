import { readManifest } from '../generations/manifest.ts';
import { type GenerationChange, manifestUpdate } from '../generations/manifest-update.ts';
import type { ObjectWriter, RefUpdate, Repository } from '../git/repository.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';

/** The manifest's part in a transaction that prunes or restores archives; none where it tells of it already. */
export async function manifestMove(
  repo: Repository,
  refs: LayoutRefs,
  sink: ObjectWriter,
  changes: readonly GenerationChange[],
): Promise<RefUpdate[]> {
  if (changes.length === 0) return [];
  const main = await CheckpointFolders.at(repo, refs.main ?? null);
  const manifest = await readManifest(repo, refs.manifest);
  const update = await manifestUpdate({ repo, sink, manifest, archives: refs.archives, main }, changes);
  return update === undefined ? [] : [update];
}
