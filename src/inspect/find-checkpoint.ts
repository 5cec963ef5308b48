import { type CheckpointId, checkpointIdPrefixes } from '../checkpoint/checkpoint-id.ts';
import type { Repository } from '../git/repository.ts';
import type { Layout } from '../layout/ref-names.ts';
import { AmbiguousCheckpointError, BadCheckpointIdError, CheckpointNotFoundError } from './errors.ts';
import { type OpenLayout, openLayouts } from './layouts.ts';

/** A checkpoint that was found, and the layouts that have it, the one to read first in front. */
export interface FoundCheckpoint {
  readonly id: CheckpointId;
  readonly layouts: readonly [OpenLayout, ...OpenLayout[]];
}

/**
 * The checkpoint whose ID begins with `text`, in one layout or in both; upper and lower case make no difference. Throws
 * `BadCheckpointIdError`, `NoCheckpointsError`, `AmbiguousCheckpointError` with the candidates, `CheckpointNotFoundError`.
 */
export async function findCheckpoint(repo: Repository, text: string, only?: Layout): Promise<FoundCheckpoint> {
  const prefixes = checkpointIdPrefixes(text);
  if (prefixes.length === 0) throw new BadCheckpointIdError(text);
  const layouts = await openLayouts(repo, only);
  const owners = await ownersOf(layouts, prefixes);
  const [found, ...others] = [...owners];
  if (found === undefined) throw await notFound(repo, prefixes, layouts, only);
  if (others.length > 0) throw new AmbiguousCheckpointError(text, [...owners.keys()].sort());
  const [id, [first, ...rest]] = found;
  if (first === undefined) throw await notFound(repo, prefixes, layouts, only);
  return { id, layouts: [first, ...rest] };
}

async function ownersOf(
  layouts: readonly OpenLayout[],
  prefixes: readonly string[],
): Promise<Map<CheckpointId, OpenLayout[]>> {
  const owners = new Map<CheckpointId, OpenLayout[]>();
  for (const layout of layouts) {
    for (const prefix of prefixes) {
      for (const id of (await layout.folders.folders(prefix)).keys()) {
        owners.set(id, [...(owners.get(id) ?? []), layout]);
      }
    }
  }
  return owners;
}

async function notFound(
  repo: Repository,
  prefixes: readonly string[],
  layouts: readonly OpenLayout[],
  only: Layout | undefined,
): Promise<CheckpointNotFoundError> {
  const refs = layouts.map(({ ref }) => ref.name);
  const [prefix = ''] = prefixes;
  if (only === undefined) return new CheckpointNotFoundError(prefix, refs, undefined);
  const [elsewhere] = await ownersOf(await openLayouts(repo), prefixes);
  const layout = elsewhere?.[1][0]?.layout;
  return new CheckpointNotFoundError(prefix, refs, elsewhere && layout && { layout, id: elsewhere[0] });
}
