import type { FindingKinds } from './kind.ts';

/** What V1's history has, and no layout has any more. */
export const LOSSES = {
  CHECKPOINT_LOST: {
    severity: 'note',
    meaning:
      'A commit of V1 deleted checkpoints that no layout has any more; its history still has them (`ckpt list --lost`).',
    remedy: 'See them with `ckpt list --lost`; `ckpt restore ID` brings one back.',
  },
  SESSION_LOST: {
    severity: 'note',
    meaning: "A commit of V1 deleted a session of a checkpoint that is still there; V1's history still has it.",
    remedy: 'Run `ckpt restore ID`: it puts the session back into its checkpoint.',
  },
} as const satisfies FindingKinds;
