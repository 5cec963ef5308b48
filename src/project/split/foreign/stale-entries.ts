import type { GenerationState } from '../../../generations/generation-state.ts';
import { entryOfArchive, type GenerationChange } from '../../../generations/manifest-update.ts';
import type { Repository } from '../../../git/repository.ts';
import type { ForeignSplit } from './foreign-split.ts';

/**
 * What the manifest has to say otherwise of archives that another program has changed since: it knows nothing of the manifest.
 * `changed` are the numbers of those that this run makes or changes.
 */
export async function staleEntries(
  repo: Repository,
  state: GenerationState,
  { archives }: Pick<ForeignSplit, 'archives'>,
  changed: ReadonlySet<number>,
): Promise<GenerationChange[]> {
  const entries = await state.entries();
  const stale: GenerationChange[] = [];
  for (const { number, commit, tree } of archives) {
    if (number === undefined || commit === undefined || changed.has(number)) continue;
    const told = entries.get(number);
    if (told === undefined || told.tree === tree) continue;
    const entry = await entryOfArchive(repo, commit, state.refs.main);
    if (entry !== undefined) stale.push({ ...entry, kind: 'archived', number, tree });
  }
  return stale;
}
