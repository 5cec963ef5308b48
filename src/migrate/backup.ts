import { BACKUP_PREFIX, V2_PREFIX } from '../checkpoint/layout.ts';
import type { LayoutRefs } from './layout-refs.ts';
import type { MigrationPlan } from './planning.ts';

/** Adds to a plan that the V2 refs which it replaces are kept under `refs/ckpt/backup/<time>/`, in the same transaction. */
export function withBackup(plan: MigrationPlan, refs: LayoutRefs, now = new Date()): MigrationPlan {
  const replaced = plan.updates.filter(({ old }) => old !== null);
  if (replaced.length === 0) return plan;
  // All V2 refs go there, also those that stay, so that the backup is a V2 that can be put back as a whole.
  const backup = `${BACKUP_PREFIX}${now.toISOString().replace(/[-:.]/g, '')}/`;
  const copies = [...refs.v2].map(([ref, id]) => ({ ref: backup + ref.slice(V2_PREFIX.length), old: null, new: id }));
  return { ...plan, backup, updates: [...copies, ...plan.updates] };
}
