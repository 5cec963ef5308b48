import { type Manifest, readEntries } from '../../generations/manifest.ts';
import { entryOfArchive, type GenerationChange } from '../../generations/manifest-update.ts';
import type { Repository } from '../../git/repository.ts';
import { CheckpointFolders } from '../../layout/checkpoint-folders.ts';
import type { ForeignV2 } from './foreign-v2.ts';

/**
 * What the manifest has to tell anew of archives that another program has changed since: it knows nothing of the manifest.
 * `changes` are those of this run.
 */
export async function staleEntries(
  repo: Repository,
  manifest: Manifest,
  { main, archives }: Pick<ForeignV2, 'main' | 'archives'>,
  changes: readonly GenerationChange[],
): Promise<GenerationChange[]> {
  const entries = await readEntries(repo, manifest);
  const folders = new CheckpointFolders(repo, main.tree);
  const changed = new Set(changes.map(({ number }) => number));
  const stale: GenerationChange[] = [];
  for (const { number, commit, tree } of archives) {
    if (number === undefined || commit === undefined || changed.has(number)) continue;
    const told = entries.get(number)?.entry;
    if (told === undefined || told.tree === tree) continue;
    const entry = await entryOfArchive(repo, commit, folders);
    if (entry !== undefined) stale.push({ ...entry, kind: 'archived', number, tree });
  }
  return stale;
}
