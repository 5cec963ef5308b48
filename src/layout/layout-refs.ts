import type { ObjectId, RefName } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import {
  BRANCH_REF,
  CURRENT_REF,
  generationNumber,
  MAIN_REF,
  MANIFEST_REF,
  REMOTE_BRANCH_REF,
  SPLIT_PREFIX,
} from './ref-names.ts';

/** An archived generation's ref. */
export interface ArchiveRef extends Ref {
  readonly number: number;
}

/** The refs of both layouts at one moment. */
export interface LayoutRefs {
  /** By `branchAmong`. */
  readonly v1: Ref | undefined;
  readonly main: ObjectId | undefined;
  readonly current: ObjectId | undefined;
  /** Where the manifest of the generations is. */
  readonly manifest: ObjectId | undefined;
  /** From the oldest to the newest. */
  readonly archives: readonly ArchiveRef[];
  /** Every ref below `refs/entire/checkpoints/v2/`. */
  readonly v2: ReadonlyMap<RefName, ObjectId>;
}

/** Reads the refs of both layouts, all at once. */
export async function readLayoutRefs(repo: Repository): Promise<LayoutRefs> {
  return layoutRefsAmong(await repo.listRefs(BRANCH_REF, REMOTE_BRANCH_REF, SPLIT_PREFIX));
}

/** The refs of both layouts, by the shape of their names. */
export function layoutRefsAmong(refs: readonly Ref[]): LayoutRefs {
  const v2 = new Map(refs.filter(({ name }) => name.startsWith(SPLIT_PREFIX)).map(({ name, id }) => [name, id]));
  const archives = refs.flatMap((ref) => {
    const number = generationNumber(ref.name);
    return number === undefined ? [] : [{ ...ref, number }];
  });
  archives.sort((a, b) => a.number - b.number);
  const [main, current, manifest] = [MAIN_REF, CURRENT_REF, MANIFEST_REF].map((ref) => v2.get(ref));
  return { v1: branchAmong(refs), main, current, manifest, archives, v2 };
}

/** The V1 branch: the local one, else the remote-tracking copy; `undefined` where there is neither. */
export function branchAmong(refs: readonly Ref[]): Ref | undefined {
  return refs.find(({ name }) => name === BRANCH_REF) ?? refs.find(({ name }) => name === REMOTE_BRANCH_REF);
}

/** V2's `main`; `undefined` where there is none. */
export function mainOf({ main }: LayoutRefs): Ref | undefined {
  return main && { name: MAIN_REF, id: main };
}

/** The generations in the order in which a reader looks for a transcript: `full/current`, then the archives from the newest on. */
export function generationsOf({ current, archives }: LayoutRefs): Ref[] {
  return [...(current === undefined ? [] : [{ name: CURRENT_REF, id: current }]), ...[...archives].reverse()];
}

/** True for origin's V1 branch as it was fetched, which is read where there is no local one. */
export function isRemoteCopy({ name }: Ref): boolean {
  return name === REMOTE_BRANCH_REF;
}
