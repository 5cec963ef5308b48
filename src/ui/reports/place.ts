import type { Finding } from '../../verify/finding.ts';
import { sanitize } from '../sanitize.ts';

/** Where a finding is, in words: `a3b2c4d5e6f7 session 2 a3/b2c4d5e6f7/2/metadata.json field agent`. Empty for no place. */
export function placeWords({ checkpoint, session, path, line, field, ref }: Finding): string {
  const parts: string[] = [];
  if (checkpoint !== undefined) parts.push(checkpoint);
  if (session !== undefined) parts.push(`session ${session}`);
  if (path !== undefined) parts.push(path);
  if (line !== undefined) parts.push(`line ${line}`);
  if (field !== undefined) parts.push(`field ${field}`);
  if (parts.length === 0 && ref !== undefined) parts.push(ref);
  return parts.map(sanitize).join(' ');
}

/** A finding in one line: its place and what is wrong. */
export function findingLine(finding: Finding): string {
  const where = placeWords(finding);
  return `${where === '' ? '' : `${where}: `}${sanitize(finding.message)}`;
}

/** What stands for a file where a format wants one: the path in the tree, or the ref. */
export function fileOf({ path, ref }: Finding, v1: string): string {
  return sanitize(path ?? ref ?? v1);
}
