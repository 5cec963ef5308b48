import type { ObjectId, RefName } from './object-id.ts';
import type { RefUpdate, Repository } from './repository.ts';

/** A ref that a transaction was to move, as it was read back. */
export interface RefState {
  readonly ref: RefName;
  /** Where it is now. */
  readonly now: ObjectId | null;
  /** Whether it is where the transaction was to bring it, and was not there before. */
  readonly isMoved: boolean;
}

/** Reads back each ref that one of these updates names, in their order; a ref of several updates once. */
export async function readRefStates(
  repo: Pick<Repository, 'listRefs'>,
  updates: readonly RefUpdate[],
): Promise<RefState[]> {
  const names = [...new Set(updates.map(({ ref }) => ref))];
  const found = names.length === 0 ? [] : await repo.listRefs(...names);
  const ids = new Map(found.map(({ name, id }) => [name, id]));
  return names.map((ref) => {
    const now = ids.get(ref) ?? null;
    const isMoved = updates.some((update) => update.ref === ref && update.new === now && update.old !== now);
    return { ref, now, isMoved };
  });
}

/** Which of the refs have moved, in words. */
export function movedWords(states: readonly RefState[]): string {
  const moved = states.filter(({ isMoved }) => isMoved);
  if (moved.length === 0) return 'no ref was moved';
  if (moved.length < states.length)
    return `${moved.map(({ ref }) => ref).join(', ')}: moved; the others are as they were`;
  return moved.length === 1 ? `${moved[0]?.ref} was moved` : `all ${moved.length} refs were moved`;
}
