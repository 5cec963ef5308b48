import { ODDITIES, type OddityCode } from '../checkpoint/oddity.ts';
import type { LayoutName } from '../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import { isFreeLayout } from '../layout/layouts.ts';
import { COVERAGE } from './findings/coverage.ts';
import { DEEP } from './findings/deep.ts';
import { FIELDS } from './findings/fields.ts';
import { FOREIGN } from './findings/foreign.ts';
import { GENERATIONS } from './findings/generations.ts';
import { HISTORY } from './findings/history.ts';
import type { FindingKind, Severity } from './findings/kind.ts';
import { LAYOUT_CODES } from './findings/layouts.ts';
import { LOSSES } from './findings/losses.ts';
import { MANIFEST } from './findings/manifest.ts';
import { PAIR_MEANINGS, PAIRS } from './findings/pairs.ts';
import { REMOTE } from './findings/remote.ts';
import { SCOPE } from './findings/scope.ts';

export type { FindingKind, Severity } from './findings/kind.ts';

/** Every code that the comparison of the layouts can give. `docs/findings.md` is tested against this table. */
export const LAYOUT_FINDINGS = {
  ...LAYOUT_CODES,
  ...COVERAGE,
  ...FIELDS,
  ...FOREIGN,
  ...GENERATIONS,
  ...MANIFEST,
  ...HISTORY,
  ...DEEP,
  ...SCOPE,
  ...PAIRS,
  ...REMOTE,
  ...LOSSES,
} as const;

/** A stable code: a difference between the layouts, or an oddity of V1. */
export type FindingCode = keyof typeof LAYOUT_FINDINGS | OddityCode;

/** What is said where nothing has to be done. */
const NO_REMEDY = 'None needed.';

/** Every code that a finding can have. */
export const FINDING_CODES = [...Object.keys(LAYOUT_FINDINGS), ...Object.keys(ODDITIES)] as readonly FindingCode[];

/** One thing that verify has found, at one place. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What is wrong, with the names in it. Text out of the repository is not yet made safe for a terminal. */
  readonly message: string;
  /** The ref that it was found on. */
  readonly ref?: string;
  readonly checkpoint?: string;
  /** The name of the session's folder in V1; in V2, where V1 has no such session. */
  readonly session?: string;
  /** The name of the session's folder in V2, where it has another one there. */
  readonly v2Session?: string;
  /** From the root of the ref's tree. */
  readonly path?: string;
  /** The object that is absent or damaged. */
  readonly object?: string;
  /** Further paths at which that object is needed. */
  readonly otherPaths?: readonly string[];
  /** In the file at `path`, from 1 on; of a transcript in several pieces, in the whole. */
  readonly line?: number;
  /** In a metadata file, as `sessions[0].prompt`. */
  readonly field?: string;
  /** How a field differs: `lost` is in V1 and not in V2, `added` in V2 and not in V1. */
  readonly change?: 'lost' | 'changed' | 'added';
  /** The values of the field as JSON text, cut after some 120 characters; absent on a side that has none. */
  readonly old?: string;
  readonly new?: string;
  /** The ref of the generation whose loss or pruning this follows from: that is a finding of its own. */
  readonly cause?: string;
  /**
   * The layouts that were compared: `to` should have what `from` has. Absent where these are V1 and V2, and where a finding is
   * not about two layouts.
   */
  readonly from?: LayoutName;
  readonly to?: LayoutName;
  /** A commit that it is about: in the history of V1 where there is one, else of `main`; for trailers, the user's own. */
  readonly commit?: string;
  /** The remote that it is about, where the user has named one: commands have to name it too. */
  readonly remote?: string;
  /** There where the settings forbid to push (`push_sessions: false`), and pushing is what would have to be done. */
  readonly isPushOff?: true;
  /** There where V1 is not here, and what would have to be done needs it. */
  readonly isWithoutV1?: true;
  /** How many more there are like it, which are counted and not listed (`FindingList`). */
  readonly more?: number;
}

/** Where a finding was made. */
export type FindingPlace = Omit<Finding, 'code' | 'severity' | 'message'>;

/** Makes a finding; its severity is that of its code. */
export function finding(code: keyof typeof LAYOUT_FINDINGS, message: string, place: FindingPlace = {}): Finding {
  return { code, severity: LAYOUT_FINDINGS[code].severity, message, ...place };
}

/**
 * What a code stands for, and where a finding is about other layouts than V1 and V2, what it means there. Oddities of V1 are notes:
 * they were there before.
 */
export function kindOf(
  code: FindingCode,
  {
    from,
    to,
    remote,
    isPushOff,
    isWithoutV1,
  }: Pick<Finding, 'from' | 'to' | 'remote' | 'isPushOff' | 'isWithoutV1'> = {},
): FindingKind {
  const known = kindOfCode(code);
  const here =
    (isPushOff === true ? known.unpushed : undefined) ?? (isWithoutV1 === true ? known.withoutBranch : undefined);
  const kind = here === undefined ? known : { ...known, remedy: here };
  if (remote !== undefined) return { ...kind, remedy: namingRemote(kind.remedy, remote) };
  if (from === undefined || to === undefined || code in PAIRS || code in GENERATIONS) return kind;
  const meaning = PAIR_MEANINGS[code]?.replaceAll('SOURCE', LAYOUT_NAMES[from]).replaceAll('TARGET', LAYOUT_NAMES[to]);
  const isSame = kind.remedy === NO_REMEDY || OBJECT_CODES.test(code);
  const remedy = isSame ? kind.remedy : remedyBetween(code, from, to);
  return { ...kind, meaning: meaning ?? kind.meaning, remedy };
}

/** A migration adds; what both have, and not the same, is for repair, which V2 has from V1 alone. */
function remedyBetween(code: FindingCode, from: LayoutName, to: LayoutName): string {
  const flags = `--from ${from} --to ${to}`;
  if (isFreeLayout(to) && CONTENT_CODES.test(code)) {
    return `Run \`ckpt repair ${flags}\`: it takes what ${LAYOUT_NAMES[from]} ${agreeing(from, 'has', 'have')}.`;
  }
  if (!isFreeLayout(to) && CONTENT_CODES.test(code)) {
    return `Run \`ckpt migrate --from ${from} --to v1\`, then \`ckpt repair --from v1 --to ${to}\`: V1 mends ${LAYOUT_NAMES[to]}.`;
  }
  return `Run \`ckpt migrate ${flags}\`: it adds what ${LAYOUT_NAMES[to]} ${agreeing(to, 'lacks', 'lack')}.`;
}

/** Codes for objects, which no migration brings: it compares ids. */
const OBJECT_CODES = /^(V1_)?OBJECT_|^TOO_MANY_PATHS$/;

/** Codes for what is in a checkpoint that both layouts have. */
const CONTENT_CODES = /^(FIELD|FILE|MODE|FOLDER|TRANSCRIPT)_|^SESSION_UNLISTED$/;

/** A remedy whose commands name a remote; one that a shell would not take for one word is left for the reader to name. */
function namingRemote(remedy: string, remote: string): string {
  const name = /^[\w@%+:,./-]+$/.test(remote) ? remote : 'REMOTE';
  return remedy.replace(/`ckpt (push|fetch)`/g, (_, verb) => `\`ckpt ${verb} ${name}\``);
}

function kindOfCode(code: FindingCode): FindingKind {
  if (code in LAYOUT_FINDINGS) return LAYOUT_FINDINGS[code as keyof typeof LAYOUT_FINDINGS];
  const description = ODDITIES[code as OddityCode];
  return { severity: 'note', meaning: `In V1: ${description}.`, remedy: 'None needed: it is carried over as it is.' };
}
