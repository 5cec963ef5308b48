import { type FindingKinds, FROM_CLONE, REMAKE } from './kind.ts';

/** The generations as such. */
export const GENERATIONS = {
  CURRENT_MISSING: {
    severity: 'error',
    meaning: 'There is no `full/current`.',
    remedy: 'Run `ckpt repair`, or `ckpt migrate`: V1 has what was in it.',
    withoutBranch: FROM_CLONE,
  },
  GENERATION_MISSING: {
    severity: 'warning',
    meaning:
      'An archived generation is not there, though there are newer ones, and the manifest says nothing of it: pruned, or never fetched.',
    remedy: 'If it was not pruned, fetch it: `ckpt fetch`.',
  },
  GENERATION_UNREADABLE: {
    severity: 'error',
    meaning: 'A generation can not be read: its ref points at no commit, or a tree of it is absent.',
    remedy: 'Fetch it again, or run `ckpt repair`: V1 has what was in it.',
    withoutBranch: FROM_CLONE,
  },
  GENERATION_EMPTY: {
    severity: 'error',
    meaning: 'An archived generation holds no checkpoint.',
    remedy: REMAKE,
    withoutBranch: FROM_CLONE,
  },
  GENERATION_TOO_LARGE: {
    severity: 'warning',
    meaning: 'A generation holds more checkpoints than the setting allows.',
    remedy: 'None needed where it was made with `--max-checkpoints`; else run `ckpt migrate --rebuild`.',
    withoutBranch: 'None needed.',
  },
  GENERATION_NUMBER_WRONG: {
    severity: 'error',
    meaning: "An archived generation's commit names another number than its ref.",
    remedy: REMAKE,
  },
  GENERATION_JSON_MISSING: {
    severity: 'error',
    meaning: 'An archived generation has no `generation.json`.',
    remedy: REMAKE,
  },
  GENERATION_JSON_WRONG: {
    severity: 'error',
    meaning: "A `generation.json` does not tell the times of its checkpoints' sessions.",
    remedy: REMAKE,
  },
  GENERATION_JSON_MISPLACED: {
    severity: 'error',
    meaning: '`full/current` has a `generation.json`, which only archives have.',
    remedy: REMAKE,
  },
  GENERATION_COMMIT_WRONG: {
    severity: 'error',
    meaning: "An archived generation's commit has a parent, another identity or another date than its content gives.",
    remedy: REMAKE,
  },
  REF_UNKNOWN: {
    severity: 'warning',
    meaning: 'Below the V2 refs lies one that the layout does not know.',
    remedy: 'Look at it; nothing reads it.',
  },
} as const satisfies FindingKinds;
