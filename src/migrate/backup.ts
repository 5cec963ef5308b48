import { isCommit } from '../git/commit.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { BACKUP_PREFIX, V2_PREFIX } from '../layout/ref-names.ts';
import type { MigrationPlan } from './planning.ts';

/** Copies of V2 refs under `refs/ckpt/backup/<time>/`. */
export interface Backup {
  /** What the copies' names begin with; `null` where no ref could be kept. */
  readonly prefix: string | null;
  readonly updates: readonly RefUpdate[];
  /** A ref at an object that is absent or a malformed commit can't be kept, since git makes no ref to one: this tells its id. */
  readonly warnings: readonly string[];
}

/** The ref updates that keep V2 refs as they are now, for the same transaction as what replaces or deletes them. */
export async function backupOf(
  repo: Repository,
  refs: ReadonlyMap<RefName, ObjectId>,
  now = new Date(),
): Promise<Backup> {
  const prefix = `${BACKUP_PREFIX}${now.toISOString().replace(/[-:.]/g, '')}/`;
  const lost = await unkeepable(repo, refs);
  const kept = [...refs].filter(([ref]) => !lost.has(ref));
  const warnings = [...lost].map(
    ([ref, id]) => `${ref} pointed at ${id}, which can't be kept: it is not a readable object`,
  );
  return {
    prefix: kept.length > 0 ? prefix : null,
    updates: kept.map(([ref, id]) => ({ ref: prefix + ref.slice(V2_PREFIX.length), old: null, new: id })),
    warnings,
  };
}

/** Adds to a plan that the V2 refs which it replaces are kept under `refs/ckpt/backup/<time>/`, in the same transaction. */
export async function withBackup(
  repo: Repository,
  plan: MigrationPlan,
  refs: LayoutRefs,
  now = new Date(),
): Promise<MigrationPlan> {
  const replaced = plan.updates.filter(({ old }) => old !== null);
  if (replaced.length === 0) return plan;
  // All V2 refs go there, also those that stay, so that the backup is a V2 that can be put back as a whole.
  const { prefix, updates, warnings } = await backupOf(repo, refs.v2, now);
  return {
    ...plan,
    backup: prefix,
    updates: [...updates, ...plan.updates],
    warnings: [...plan.warnings, ...warnings],
  };
}

/** The refs at what git makes no ref to. */
async function unkeepable(repo: Repository, refs: ReadonlyMap<RefName, ObjectId>): Promise<Map<RefName, ObjectId>> {
  const all = [...refs];
  const infos = await repo.objectInfo(all.map(([, id]) => id));
  const commits = all.filter((_, i) => infos[i]?.type === 'commit');
  const contents = await repo.readObjects(commits.map(([, id]) => id));
  const malformed = new Set(commits.filter((_, i) => !isCommit(contents[i]?.content)).map(([ref]) => ref));
  return new Map(all.filter(([ref], i) => infos[i] === undefined || malformed.has(ref)));
}
