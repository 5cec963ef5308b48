import type { LayoutPair } from '../layout/layout.ts';
import { codeWord, LAYOUT_NAMES } from '../layout/layout-names.ts';
import type { LAYOUT_FINDINGS } from './finding.ts';

/** The code for what the layout that should follow has besides. */
type OnlyIn = Extract<keyof typeof LAYOUT_FINDINGS, `${string}_ONLY_IN_${string}`>;

/** What a finding about two layouts calls them, and says of what one of them lacks. */
export interface Words {
  readonly source: string;
  readonly target: string;
  /** What the target does with what it lacks: of summaries and metadata, of transcripts. */
  readonly isNotOnMain: string;
  readonly inNoGeneration: string;
  readonly isOnMain: string;
  readonly isNotInSource: string;
  readonly checkpointOnly: OnlyIn;
  readonly sessionOnly: OnlyIn;
  readonly fileOnly: OnlyIn;
}

/** V1 and V2, which keeps a checkpoint in two places. */
export const BRANCH_AND_SPLIT: Words = {
  source: 'V1',
  target: 'V2',
  isNotOnMain: 'is not on main',
  inNoGeneration: 'in no generation',
  isOnMain: 'is on main',
  isNotInSource: "is not at V1's tip",
  checkpointOnly: 'CHECKPOINT_ONLY_IN_V2',
  sessionOnly: 'SESSION_ONLY_IN_V2',
  fileOnly: 'FILE_ONLY_IN_V2',
};

/** The words for any two layouts. */
export function wordsOf({ from, to }: LayoutPair): Words {
  const [source, target] = [LAYOUT_NAMES[from], LAYOUT_NAMES[to]];
  const suffix = codeWord(to);
  return {
    source,
    target,
    isNotOnMain: `is not in ${target}`,
    inNoGeneration: `not in ${target}`,
    isOnMain: `is in ${target}`,
    isNotInSource: `is in ${target}, but not in ${source}`,
    checkpointOnly: `CHECKPOINT_ONLY_IN_${suffix}`,
    sessionOnly: `SESSION_ONLY_IN_${suffix}`,
    fileOnly: `FILE_ONLY_IN_${suffix}`,
  };
}
