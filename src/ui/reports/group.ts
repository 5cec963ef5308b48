import type { JudgedFinding } from '../../verify/baseline/judged-report.ts';
import type { Finding } from '../../verify/finding.ts';

/** Whether a finding is worth a line of its own: a note is a fact, of which there can be thousands, unless it fails. */
export function isListed({ fails, severity }: JudgedFinding): boolean {
  return fails || severity !== 'note';
}

/** How many findings there are, those that are counted and not listed with them. */
export function countAll(findings: readonly Pick<Finding, 'more'>[]): number {
  return findings.reduce((sum, { more = 0 }) => sum + 1 + more, 0);
}

/** Findings by their code and the layouts that they are about, in the order in which these first come. */
export function byCode<T extends Finding>(findings: readonly T[]): Map<string, [T, ...T[]]> {
  return groupBy(findings, ({ code, from, to }) => (from === undefined ? code : `${code} ${from} ${to}`));
}

/** Findings of one code, and those that follow from them. */
export interface CauseGroup<T extends Finding> {
  readonly findings: readonly [T, ...T[]];
  readonly following: readonly T[];
}

const WEIGHTS: readonly Finding['severity'][] = ['error', 'warning', 'note'];

/**
 * Findings by their code, the gravest first, and of the same weight causes before the rest. What follows from a generation that is among
 * them stands with it, and has no group of its own; such a group weighs what the gravest of both does.
 */
export function causesFirst<T extends Finding>(findings: readonly T[]): CauseGroup<T>[] {
  const causes = new Map<string, T>();
  for (const one of findings) if (isAboutRef(one) && !causes.has(one.ref)) causes.set(one.ref, one);
  const isFollowing = ({ cause }: T) => cause !== undefined && causes.has(cause);
  const following = findings.filter(isFollowing);
  const groups = [...byCode(findings.filter((one) => !isFollowing(one))).values()].map((group) => {
    const own = new Set<T | undefined>(group);
    return { findings: group, following: following.filter(({ cause = '' }) => own.has(causes.get(cause))) };
  });
  const rank = (group: CauseGroup<T>) => {
    const weights = [...group.findings, ...group.following].map(({ severity }) => WEIGHTS.indexOf(severity));
    return Math.min(...weights) * 2 + (group.following.length > 0 ? 0 : 1);
  };
  return groups.sort((a, b) => rank(a) - rank(b));
}

/** Whether other findings can follow from one: it is about a ref as a whole. */
function isAboutRef<T extends Finding>(one: T): one is T & { readonly ref: string } {
  return one.ref !== undefined && one.checkpoint === undefined && one.path === undefined;
}

/** The layouts that findings are about, behind their code; nothing for V1 and V2. */
export function layoutWords({ from, to }: Finding): string {
  return from === undefined ? '' : ` ${from} to ${to}`;
}

/** Findings by the checkpoint that they are about, `undefined` for none, in the order in which these first come. */
export function byCheckpoint(
  findings: readonly JudgedFinding[],
): Map<string | undefined, [JudgedFinding, ...JudgedFinding[]]> {
  return groupBy(findings, ({ checkpoint }) => checkpoint);
}

/** What has the same key, in the order in which these first come. */
export function groupBy<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
