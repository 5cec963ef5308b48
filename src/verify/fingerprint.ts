import { createHash } from 'node:crypto';
import type { Finding } from './finding.ts';

/**
 * A name for each finding, 32 hex digits, in the order of the findings: the same in every run and with every engine, as
 * long as the same thing is wrong at the same place. Words, counts and other findings have no part in it. Two findings
 * that are alike get two names.
 */
export function* withFingerprints(findings: readonly Finding[]): Generator<[Finding, string]> {
  const seen = new Map<string, number>();
  for (const finding of findings) {
    const identity = identityOf(finding);
    const nth = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, nth);
    const text = nth === 1 ? identity : `${identity}\n${nth}`;
    yield [finding, createHash('sha256').update(text).digest('hex').slice(0, 32)];
  }
}

/**
 * What makes a finding the one that it is. Of a checkpoint's transcript the ref does not count: a rotation moves it from
 * `full/current` to an archive, and what is wrong stays wrong.
 */
function identityOf(one: Finding): string {
  const { code, ref, checkpoint, session, path, line, field, commit, from, to, object, more } = one;
  // An object that is gone is one finding, wherever it is needed: what else comes to need it changes nothing.
  if (object !== undefined) return JSON.stringify([code, object, from ?? null, to ?? null]);
  const where = checkpoint === undefined ? ref : undefined;
  const parts: unknown[] = [
    code,
    where,
    checkpoint,
    session,
    path,
    field,
    commit,
    ...(line === undefined ? [] : [line]),
  ];
  if (from !== undefined && to !== undefined) parts.push(`${from} to ${to}`);
  // Who knows one of them does not know the others.
  if (more !== undefined) parts.push(`${more} more`);
  return JSON.stringify(parts.map((part) => part ?? null));
}
