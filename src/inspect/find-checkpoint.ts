import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { Repository } from '../git/repository.ts';
import type { Layout } from '../layout/ref-names.ts';
import { AmbiguousCheckpointError, BadCheckpointIdError, CheckpointNotFoundError } from './errors.ts';
import { type OpenLayout, openLayouts } from './layouts.ts';

/** A checkpoint that was found, and the layouts that have it, the one to read first in front. */
export interface FoundCheckpoint {
  readonly id: CheckpointId;
  readonly layouts: readonly [OpenLayout, ...OpenLayout[]];
}

const PREFIX = /^[0-9a-f]{1,12}$/;

/**
 * The checkpoint whose ID begins with `text`, in one layout or in both; upper case is taken for lower. Throws
 * `BadCheckpointIdError`, `NoCheckpointsError`, `AmbiguousCheckpointError` with the candidates, `CheckpointNotFoundError`.
 */
export async function findCheckpoint(repo: Repository, text: string, only?: Layout): Promise<FoundCheckpoint> {
  const prefix = text.toLowerCase();
  if (!PREFIX.test(prefix)) throw new BadCheckpointIdError(text);
  const layouts = await openLayouts(repo, only);
  const owners = await ownersOf(layouts, prefix);
  const [found, ...others] = [...owners];
  if (found === undefined) throw await notFound(repo, prefix, layouts, only);
  if (others.length > 0) throw new AmbiguousCheckpointError(prefix, [...owners.keys()].sort());
  const [id, [first, ...rest]] = found;
  if (first === undefined) throw await notFound(repo, prefix, layouts, only);
  return { id, layouts: [first, ...rest] };
}

async function ownersOf(layouts: readonly OpenLayout[], prefix: string): Promise<Map<CheckpointId, OpenLayout[]>> {
  const owners = new Map<CheckpointId, OpenLayout[]>();
  for (const layout of layouts) {
    for (const id of (await layout.folders.folders(prefix)).keys()) {
      owners.set(id, [...(owners.get(id) ?? []), layout]);
    }
  }
  return owners;
}

async function notFound(
  repo: Repository,
  prefix: string,
  layouts: readonly OpenLayout[],
  only: Layout | undefined,
): Promise<CheckpointNotFoundError> {
  const refs = layouts.map(({ ref }) => ref.name);
  if (only === undefined) return new CheckpointNotFoundError(prefix, refs, undefined);
  const [elsewhere] = await ownersOf(await openLayouts(repo), prefix);
  const layout = elsewhere?.[1][0]?.layout;
  return new CheckpointNotFoundError(prefix, refs, elsewhere && layout && { layout, id: elsewhere[0] });
}
