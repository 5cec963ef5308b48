import { type FindingKinds, FROM_CLONE, MIGRATE, REMAKE } from './kind.ts';

/** The manifest of the generations, and what it says of archives that are not there. */
export const MANIFEST = {
  GENERATION_PRUNED: {
    severity: 'note',
    meaning: 'An archived generation was pruned, as the manifest says.',
    remedy: 'None needed.',
  },
  GENERATION_LOST: {
    severity: 'error',
    meaning: 'An archived generation that the manifest lists is not there, and was not pruned.',
    remedy: 'Fetch it: `ckpt fetch`; where nobody has it, run `ckpt repair`: V1 has what was in it.',
    withoutBranch: FROM_CLONE,
  },
  TRANSCRIPT_PRUNED: {
    severity: 'note',
    meaning:
      'The transcripts of a checkpoint were pruned with their generation; its summary, metadata and prompts stay.',
    remedy: 'None needed.',
  },
  COVERAGE_NOT_COMPARED: {
    severity: 'note',
    meaning:
      'There is one layout alone, so that it was compared with nothing: it can be read, and archives are what the manifest says.',
    remedy: 'Where another layout is still somewhere, fetch it: `ckpt fetch`.',
  },
  MANIFEST_MISSING: {
    severity: 'warning',
    meaning: 'There are archived generations, but no manifest that lists them.',
    remedy: MIGRATE,
    withoutBranch: REMAKE,
  },
  MANIFEST_INCOMPLETE: {
    severity: 'warning',
    meaning: 'The manifest does not tell of an archived generation.',
    remedy: MIGRATE,
    withoutBranch: REMAKE,
  },
  MANIFEST_UNREADABLE: {
    severity: 'error',
    meaning: 'The manifest of the generations, or what it says of one, can not be read.',
    remedy: 'Fetch it again, or run `ckpt repair`.',
  },
  MANIFEST_WRONG: {
    severity: 'error',
    meaning: 'The manifest records another tree, other checkpoints or other times than an archived generation has.',
    remedy: REMAKE,
  },
} as const satisfies FindingKinds;
