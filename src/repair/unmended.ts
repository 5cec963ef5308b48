import { appendTo } from '../checkpoint/append-to.ts';
import { type Finding, type FindingCode, kindOf } from '../verify/finding.ts';
import { countFindings } from '../verify/finding-list.ts';
import type { LeftFinding, MendedGroup } from './repair-result.ts';

/** Why a finding is not mended, and what else to do; without that, what verify says about its code. */
export interface Reason {
  readonly reason: string;
  readonly remedy?: string;
}

const REBUILD = "`ckpt migrate --rebuild` takes V1's; the V2 of before is kept under refs/ckpt/backup/.";
const IN_HISTORY: Reason = {
  reason: 'the history of `main` is not changed by a commit on top of it',
  remedy: '`ckpt migrate --rebuild` projects it afresh; the V2 of before is kept under refs/ckpt/backup/.',
};
const NOT_ON_BRANCH: Reason = {
  reason: 'V1 does not have it, and a repair removes nothing that V1 does not have',
  remedy: REBUILD,
};
const BY_MIGRATE: Reason = { reason: 'it is the work of `ckpt migrate`, not of a repair' };
export const ANOTHER_WRITERS: Reason = { reason: "nothing is lost by it, and V2 is another writer's" };
const NOT_HERE: Reason = { reason: 'what would be needed for it is not in this repository' };

/** What stays whenever it is found, with the reason. */
const ALWAYS_LEFT: Partial<Readonly<Record<FindingCode, Reason>>> = {
  V2_MISSING: BY_MIGRATE,
  V2_BEHIND: BY_MIGRATE,
  V2_AHEAD: { reason: 'the V1 that V2 was projected from is not here' },
  V1_REWRITTEN: { reason: 'V1 was rewritten, and it is the work of `ckpt migrate` to follow it' },
  METADATA_ABSENT: NOT_HERE,
  FILE_NOT_COMPARED: NOT_HERE,
  FILE_EXTRA: NOT_ON_BRANCH,
  TRANSCRIPT_EXTRA: NOT_ON_BRANCH,
  TRANSCRIPT_DOUBLED: ANOTHER_WRITERS,
  AUTHORS_LOST: IN_HISTORY,
  GENERATION_TOO_LARGE: { reason: 'checkpoints stay in the generation in which they are' },
  REF_UNKNOWN: { reason: 'what else lies there is not known' },
  COMMIT_MISSING: IN_HISTORY,
  COMMIT_DUPLICATED: IN_HISTORY,
  COMMIT_UNKNOWN: IN_HISTORY,
  COMMIT_AUTHOR_CHANGED: IN_HISTORY,
  COMMIT_COMMITTER_CHANGED: IN_HISTORY,
  COMMIT_MESSAGE_CHANGED: IN_HISTORY,
  COMMIT_PARENTS_CHANGED: IN_HISTORY,
  COMMIT_HEADERS_CHANGED: IN_HISTORY,
};

/** Reasons that depend on what was found: a plan gives them. */
export const KEPT: Reason = NOT_ON_BRANCH;
export const ABSENT: Reason = {
  reason: "V1's summary is absent here, and V2's follows from it",
  remedy: 'Fetch what is absent: `ckpt verify --fetch --engine native`, then repair again.',
};
export const MALFORMED: Reason = {
  reason: 'its files are as they should be, and a repair moves no ref for less',
  remedy: REBUILD,
};
export const NOTHING_OF_IT: Reason = {
  reason: 'V1 has none of its checkpoints',
  remedy: 'Fetch it from a clone that has it: `ckpt fetch PATH-OR-URL`.',
};
/** For a V2 of which the V1 is not here, nothing else can be said of either. */
export const NOT_COMPARABLE: Reason = {
  reason: 'the V1 that V2 was projected from is not here',
  remedy: 'Fetch the V1 branch: `ckpt fetch`.',
};
export const NO_V1: Reason = {
  reason: 'V1 is gone, and nothing else here supplies it',
};
export const UNREAD: Reason = { reason: "trees of V2 can't be read, and it is another writer's", remedy: REBUILD };
export const AFTER_OBJECTS: Reason = {
  reason: 'objects come first; what else is mended shows when they are here again',
  remedy: '`ckpt repair` does both.',
};
const UNMENDED: Reason = { reason: 'nothing that V1 has mends it', remedy: REBUILD };

/** What a repair does about findings. */
export interface Sorted {
  readonly mended: readonly MendedGroup[];
  readonly left: readonly LeftFinding[];
}

/**
 * Sorts errors and warnings into those that a repair mends and those that stay; notes are facts. `reasonOf` gives the reason of
 * one that this plan does not mend. Where it moves no ref, it mends nothing. `isBetween`: V2 is not mended by V1, so that `reasonOf` alone counts.
 */
export function sortFindings(
  findings: readonly Finding[],
  reasonOf: (finding: Finding) => Reason | undefined,
  { movesRefs, isBetween = false }: { readonly movesRefs: boolean; readonly isBetween?: boolean },
): Sorted {
  const groups = new Map<FindingCode, Finding[]>();
  const left: LeftFinding[] = [];
  for (const finding of findings) {
    if (finding.severity === 'note') continue;
    const why =
      (isBetween ? undefined : ALWAYS_LEFT[finding.code]) ?? reasonOf(finding) ?? (movesRefs ? undefined : UNMENDED);
    if (why !== undefined)
      left.push({ finding, reason: why.reason, remedy: why.remedy ?? kindOf(finding.code, finding).remedy });
    else appendTo(groups, finding.code, finding);
  }
  const mended = [...groups].map(([code, group]) => {
    const checkpoints = [...new Set(group.flatMap(({ checkpoint }) => checkpoint ?? []))];
    return { code, meaning: kindOf(code, group[0]).meaning, count: countFindings(group), checkpoints };
  });
  return { mended, left };
}
