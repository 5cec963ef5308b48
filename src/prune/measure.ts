import { appendTo } from '../checkpoint/append-to.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { BACKUP_PREFIX } from '../layout/ref-names.ts';
import type { Freed } from './prune-result.ts';

/** An archive that is measured; `key` is what the caller knows it by. */
export interface Measured<K> {
  readonly key: K;
  readonly ref: Ref;
  /** Whether it goes: what goes is also counted together. */
  readonly goes: boolean;
}

/** What archives free: each alone, and those that go together. */
export interface Measurement<K> {
  readonly each: ReadonlyMap<K, Freed>;
  readonly together: Freed;
}

/**
 * Finds the objects that only these archives reach, and what they take on disk. All refs of the repository are walked, those
 * of the code too; backups are told apart, since they are there to be deleted. Throws a `GitError` where a ref or a commit
 * can't be read.
 */
export async function measure<K>(repo: Repository, archives: readonly Measured<K>[]): Promise<Measurement<K>> {
  const measured = new Set(archives.map(({ ref }) => ref.name));
  const others = measured.size === 0 ? [] : (await repo.listRefs()).filter(({ name }) => !measured.has(name));
  const owners = new Map<ObjectId, number[]>();
  for (const [index, { ref }] of archives.entries()) {
    await repo.visitReachable([ref.id], (id, isHere) => {
      if (isHere) appendTo(owners, id, index);
    });
  }
  await repo.visitReachable(idsOf(others.filter((ref) => !isBackup(ref))), (id) => owners.delete(id));
  const inBackups = new Set<ObjectId>();
  await repo.visitReachable(idsOf(others.filter(isBackup)), (id) => {
    if (owners.has(id)) inBackups.add(id);
  });
  const stored = await repo.measure([...owners.keys()]);
  const objects = [...owners].map(([id, own], i) => ({
    own,
    bytes: stored[i]?.diskSize ?? 0,
    isInBackup: inBackups.has(id),
  }));
  const isAlone = (index: number) => sum(objects.filter(({ own }) => own.length === 1 && own[0] === index));
  return {
    each: new Map(archives.map(({ key }, index) => [key, isAlone(index)])),
    together: sum(objects.filter(({ own }) => own.every((index) => archives[index]?.goes === true))),
  };
}

interface SizedObject {
  readonly bytes: number;
  readonly isInBackup: boolean;
}

function sum(objects: readonly SizedObject[]): Freed {
  const count = (some: readonly SizedObject[]) => ({
    objectCount: some.length,
    bytes: some.reduce((total, { bytes }) => total + bytes, 0),
  });
  return { ...count(objects), inBackups: count(objects.filter(({ isInBackup }) => isInBackup)) };
}

function isBackup({ name }: Ref): boolean {
  return name.startsWith(BACKUP_PREFIX);
}
