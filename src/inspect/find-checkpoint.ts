import { type CheckpointId, checkpointIdPrefixes } from '../checkpoint/checkpoint-id.ts';
import type { Repository } from '../git/repository.ts';
import type { CheckpointView, LayoutName, View } from '../layout/layout.ts';
import { AmbiguousCheckpointError, BadCheckpointIdError, CheckpointNotFoundError } from './errors.ts';
import { viewsToRead } from './views-to-read.ts';

/** A checkpoint that was found, and the layouts that have it, the one to read first in front. */
export interface FoundCheckpoint {
  readonly id: CheckpointId;
  readonly views: readonly [View, ...View[]];
}

/**
 * The checkpoint whose ID begins with `text`, in one layout or in all; upper and lower case make no difference. Throws
 * `BadCheckpointIdError`, `NoCheckpointsError`, `AmbiguousCheckpointError` with the candidates, `CheckpointNotFoundError`.
 */
export async function findCheckpoint(repo: Repository, text: string, only?: LayoutName): Promise<FoundCheckpoint> {
  const prefixes = checkpointIdPrefixes(text);
  if (prefixes.length === 0) throw new BadCheckpointIdError(text);
  const views = await viewsToRead(repo, only);
  const owners = await ownersOf(views, prefixes);
  const [found, ...others] = [...owners];
  if (others.length > 0) throw new AmbiguousCheckpointError(text, [...owners.keys()].sort());
  const [first, ...rest] = found?.[1] ?? [];
  if (found === undefined || first === undefined) throw await notFound(repo, prefixes, views, only);
  return { id: found[0], views: [first, ...rest] };
}

/** What a layout has of a checkpoint that it has. */
export async function openCheckpoint(view: View, id: CheckpointId): Promise<CheckpointView> {
  for await (const checkpoint of view.checkpoints({ ids: new Set([id]) })) return checkpoint;
  throw new CheckpointNotFoundError(id, [view.where], undefined);
}

async function ownersOf(views: readonly View[], prefixes: readonly string[]): Promise<Map<CheckpointId, View[]>> {
  const owners = new Map<CheckpointId, View[]>();
  for (const view of views) {
    for (const id of await view.ids(prefixes)) owners.set(id, [...(owners.get(id) ?? []), view]);
  }
  return owners;
}

async function notFound(
  repo: Repository,
  prefixes: readonly string[],
  views: readonly View[],
  only: LayoutName | undefined,
): Promise<CheckpointNotFoundError> {
  const places = views.map(({ where }) => where);
  const [prefix = ''] = prefixes;
  if (only === undefined) return new CheckpointNotFoundError(prefix, places, undefined);
  const [elsewhere] = await ownersOf(await viewsToRead(repo), prefixes);
  const layout = elsewhere?.[1][0]?.layout;
  return new CheckpointNotFoundError(prefix, places, elsewhere && layout && { layout, id: elsewhere[0] });
}
