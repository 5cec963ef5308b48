import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { layoutRefsAmong } from '../layout/layout-refs.ts';
import { readManifest, readStoredEntries } from './manifest.ts';
import { missingNumbers } from './missing-numbers.ts';

/**
 * The generations that are not here and held a checkpoint, by the manifest; where that names none, the missing ones that it does
 * not know. None where the refs are not those of a layout with generations.
 */
export async function goneGenerations(repo: Repository, refs: readonly Ref[], id: CheckpointId): Promise<number[]> {
  const { archives, manifest } = layoutRefsAmong(refs);
  const entries = await readStoredEntries(repo, await readManifest(repo, manifest), () => {});
  const here = new Set(archives.map(({ number }) => number));
  const known = [...entries].filter(([number, { entry }]) => !here.has(number) && entry.checkpoints.includes(id));
  if (known.length > 0) return known.map(([number]) => number);
  const greatest = archives.at(-1)?.number ?? 0;
  return missingNumbers(new Set([...here, ...entries.keys()]), 1, greatest);
}
