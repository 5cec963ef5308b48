import { GitError } from '../../git/errors.ts';
import type { Repository } from '../../git/repository.ts';
import type { LayoutPair } from '../../layout/layout.ts';
import type { LayoutRefs } from '../../layout/layout-refs.ts';
import { type Compared, NOTHING_COMPARED } from '../comparison.ts';
import type { Finding } from '../finding.ts';
import { type DeepCounts, sumOfDeep } from '../report.ts';
import { type DeepOptions, verifyDeep } from './deep.ts';

/** Codes that say more of a transcript than that it is another one than in V1. */
const ABOUT_TRANSCRIPTS = new Set(['TRANSCRIPT_HASH_WRONG', 'TRANSCRIPT_HASH_MALFORMED', 'TRANSCRIPT_NOT_JSON']);
const ABOUT_OBJECTS = new Set(['OBJECT_GONE', 'OBJECT_DAMAGED', 'TOO_MANY_PATHS']);

/**
 * Looks at the contents beside a comparison that is under way, and puts the findings of both together: one damage has one finding,
 * the one that says more. Where the comparison fails because of an object that is gone or damaged, that is the result.
 */
export async function withDeep(
  comparing: Promise<Compared>,
  repo: Repository,
  refs: LayoutRefs,
  options: DeepOptions,
): Promise<Compared & { readonly deep: DeepCounts }> {
  const [comparison, deep] = await Promise.allSettled([comparing, verifyDeep(repo, refs, options)]);
  if (deep.status === 'rejected') throw deep.reason;
  const { findings, counts } = deep.value;
  if (comparison.status === 'rejected') {
    const isExplained = comparison.reason instanceof GitError && findings.some(({ code }) => ABOUT_OBJECTS.has(code));
    if (!isExplained) throw comparison.reason;
    return { ...NOTHING_COMPARED, findings, deep: counts };
  }
  const others = unexplained(comparison.value.findings, findings);
  return { ...comparison.value, findings: [...others, ...findings], deep: counts };
}

/** The findings of a comparison but for those that a deep one explains. */
function unexplained(compared: readonly Finding[], deep: readonly Finding[]): Finding[] {
  const sessions = new Set(deep.filter(({ code }) => ABOUT_TRANSCRIPTS.has(code)).map(sessionOf));
  const dangling = deep.filter(({ code }) => code === 'SUMMARY_PATH_DANGLING');
  const fields = new Set(dangling.map(({ path, field }) => `${path} ${field}`));
  return compared.filter((finding) => {
    switch (finding.code) {
      case 'TRANSCRIPT_CHANGED':
        return !sessions.has(sessionOf(finding));
      case 'FIELD_CHANGED':
        return !fields.has(`${finding.path} ${finding.field}`);
      default:
        return finding.code !== 'V1_ABSENT_BLOB'; // a deep look says which kind of absent
    }
  });
}

function sessionOf({ ref, path = '', checkpoint, session }: Finding): string {
  return session === undefined ? `${ref} ${path}` : `${ref} ${checkpoint} ${session}`;
}

/** Looks at contents besides, where a comparison is done; what an earlier look has counted is counted too. */
export async function lookAlso<T extends { readonly findings: readonly Finding[]; readonly deep?: DeepCounts }>(
  compared: T,
  repo: Repository,
  refs: LayoutRefs,
  options: DeepOptions & { readonly pair: LayoutPair | undefined },
): Promise<T & { readonly deep: DeepCounts }> {
  const { findings, counts } = await verifyDeep(repo, refs, options);
  const placed = findings.map((found) => ({ ...found, ...options.pair }));
  const deep = sumOfDeep([...(compared.deep === undefined ? [] : [compared.deep]), counts]);
  return { ...compared, findings: [...unexplained(compared.findings, placed), ...placed], deep };
}
