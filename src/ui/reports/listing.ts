import type { Finding } from '../../verify/finding.ts';
import { sanitize } from '../sanitize.ts';
import { countOf, formatCount } from '../words.ts';
import { countAll } from './group.ts';
import { findingLine, valueWords } from './place.ts';

/** Lines of one code; the rest is counted. */
const MAX_LISTED = 10;
/** Checkpoints that one line names. */
const MAX_NAMED = 3;

/**
 * Findings of one code as lines for people: those about a field by the field, with one example; a generation that is gone with what follows
 * from that in one line; everything else one by one, as many as a reader looks at. `following`: the findings whose `cause` is one of these.
 */
export function listing(findings: readonly Finding[], following: readonly Finding[] = []): string[] {
  const groups = byField(findings);
  const lines = groups
    .slice(0, MAX_LISTED)
    .flatMap((group) => [
      `  ${groupLine(group)}`,
      ...consequences(following.filter(({ cause }) => cause !== undefined && cause === group[0].ref)),
    ]);
  const rest = groups.slice(MAX_LISTED).flat();
  const listed = countAll(rest) === rest.length ? 'all' : 'more of them';
  if (rest.length > 0) lines.push(`  and ${formatCount(countAll(rest))} more; --json lists ${listed}`);
  return lines;
}

/** The fields in which findings are, the most frequent first, as `cli_version (40), branch (2)`; nothing where none is about a field. */
export function fieldWords(findings: readonly Finding[]): string {
  // A field that is lost in one place and changed in another is one field.
  const counts = new Map<string, number>();
  for (const one of findings)
    if (one.field !== undefined) counts.set(fieldOf(one), (counts.get(fieldOf(one)) ?? 0) + countAll([one]));
  const fields = [...counts].sort(([, a], [, b]) => b - a);
  const named = fields.slice(0, MAX_LISTED / 2).map(([field, count]) => `${field} (${formatCount(count)})`);
  const rest = fields.length - named.length;
  return [...named, ...(rest > 0 ? [`${formatCount(rest)} more`] : [])].join(', ');
}

type Group = [Finding, ...Finding[]];

/** Findings about the same field in different places together; each other one by itself. */
function byField(findings: readonly Finding[]): Group[] {
  const groups = new Map<unknown, Group>();
  for (const one of findings) {
    const key = one.field === undefined || one.checkpoint === undefined ? one : `${one.change} ${fieldOf(one)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** A field without the numbers of entries: `sessions[].prompt`. */
function fieldOf({ field = '' }: Finding): string {
  return sanitize(field.replace(/\[\d+\]/g, '[]'));
}

const CHANGES = { lost: 'lost', changed: 'changed', added: 'added' } as const;

function groupLine(group: Group): string {
  const [first] = group;
  if (group.length === 1) return findingLine(first);
  const checkpoints = new Set(group.map(({ checkpoint }) => checkpoint)).size;
  const sessions = new Set(
    group.flatMap((one) => (one.session === undefined ? [] : `${one.checkpoint} ${one.session}`)),
  );
  const isOfSessions = group.every(({ session }) => session !== undefined);
  const places = countAll(group);
  const isCounted = places > group.length;
  const listed = isOfSessions ? countOf(sessions.size, 'session') : countOf(checkpoints, 'checkpoint');
  const where = isCounted ? countOf(places, 'place') : listed;
  const session = first.session === undefined ? '' : ` session ${sanitize(first.session)}`;
  const example = `${sanitize(first.checkpoint ?? '')}${session}`;
  const values = valueWords(first);
  return `${fieldOf(first)} ${CHANGES[first.change ?? 'changed']} in ${where}, for example ${example}${values === '' ? '' : `: ${values}`}`;
}

/** What follows from one generation that is gone, a line a code. */
function consequences(findings: readonly Finding[]): string[] {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return codes.map((code) => {
    const ids = findings.flatMap((one) => (one.code === code ? (one.checkpoint ?? []) : []));
    const rest = ids.length - MAX_NAMED;
    const named = ids.slice(0, MAX_NAMED).map(sanitize).join(', ');
    const more = rest > 0 ? ` and ${formatCount(rest)} more` : '';
    return `    so that ${code} is said of ${countOf(ids.length, 'checkpoint')}: ${named}${more}`;
  });
}
