import type { FindingKinds } from './kind.ts';

/** What V1's history has, and no layout has any more. */
export const LOSSES = {
  CHECKPOINT_LOST: {
    severity: 'note',
    meaning:
      'A commit of V1 deleted checkpoints, or something replaced them, and no layout has them any more; its history or a backup still does (`ckpt list --lost`).',
    remedy: 'See them with `ckpt list --lost`; `ckpt restore ID` brings one back.',
  },
  SESSION_LOST: {
    severity: 'note',
    meaning:
      "A commit of V1 deleted a session of a checkpoint that is still there, or something replaced it; V1's history or a backup still has it.",
    remedy: 'Run `ckpt restore ID`: it puts the session back into its checkpoint.',
  },
} as const satisfies FindingKinds;
