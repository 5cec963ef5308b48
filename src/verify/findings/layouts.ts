import { type FindingKinds, FROM_CLONE, MIGRATE } from './kind.ts';

/** How the two layouts stand to each other as a whole. */
export const LAYOUT_CODES = {
  V2_MISSING: {
    severity: 'error',
    meaning: 'V2 has no `main`: nothing was migrated yet, or it was deleted.',
    remedy: MIGRATE,
    withoutBranch: FROM_CLONE,
  },
  V2_BEHIND: { severity: 'error', meaning: 'V1 has commits that V2 was not projected from yet.', remedy: MIGRATE },
  V2_AHEAD: {
    severity: 'warning',
    meaning: 'V2 was projected from a newer V1 than the one that is here.',
    remedy: 'Fetch the V1 branch: `ckpt fetch`; where nobody has it, `ckpt migrate --from v2 --to v1`.',
  },
  V1_REWRITTEN: {
    severity: 'error',
    meaning: "V1's history does not contain the commit that V2 was projected from.",
    remedy: 'Run `ckpt migrate`, which follows a V1 that was rewritten, or names what it lacks.',
  },
} as const satisfies FindingKinds;
