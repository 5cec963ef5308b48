import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { Ref } from '../../git/repository.ts';
import { checkpointOfRef } from '../../layout/ref-names.ts';

/** V1's tip, and the refs of git-refs that all of is in it: what a run has left, by which the next one looks at what has moved alone. */
export interface SeenRefs {
  readonly v1: string;
  /** Ids of commits by the names of refs, `refs/ckpt/v1-rest` included. */
  readonly refs: Readonly<Record<string, string>>;
}

/** What a run has seen, where V1 is at `v1` after it. */
export function seenRefs(v1: string, refs: readonly Ref[]): SeenRefs {
  return { v1, refs: Object.fromEntries(refs.map(({ name, id }) => [name, id])) };
}

/** The checkpoints whose refs have moved since; `undefined` where all have to be looked at: V1, or what it was projected to, is another. */
export function movedSince(
  seen: SeenRefs | undefined,
  v1: Ref | undefined,
  refs: readonly Ref[],
): ReadonlySet<CheckpointId> | undefined {
  if (seen === undefined || v1 === undefined || seen.v1 !== v1.id) return undefined;
  const moved = refs.filter(({ name, id }) => seen.refs[name] !== id);
  const checkpoints = moved.map(({ name }) => checkpointOfRef(name));
  if (checkpoints.includes(undefined)) return undefined;
  return new Set(checkpoints as CheckpointId[]);
}
