import type { Finding } from '../../verify/finding.ts';
import { sanitize } from '../sanitize.ts';
import { formatCount, withShortIds } from '../words.ts';

/** Where a finding is, in words: `a3b2c4d5e6f7 session 2 a3/b2c4d5e6f7/2/metadata.json field agent`. Empty for no place. */
export function placeWords(finding: Finding): string {
  return placeParts(finding).map(sanitize).join(' ');
}

function placeParts({ checkpoint, session, path, line, field, ref }: Finding): string[] {
  const parts: string[] = [];
  if (checkpoint !== undefined) parts.push(checkpoint);
  if (session !== undefined) parts.push(`session ${session}`);
  if (path !== undefined) parts.push(path);
  if (line !== undefined) parts.push(`line ${line}`);
  if (field !== undefined) parts.push(`field ${field}`);
  if (parts.length === 0 && ref !== undefined) parts.push(ref);
  return parts;
}

/** A finding in one line for people: its place, but for what the message says of it already, what is wrong, and the values of a field. */
export function findingLine(finding: Finding): string {
  const { message, otherPaths = [], more: unlisted = 0 } = finding;
  const isSaid = (part: string) => message.includes(part) || isInPath(part, finding);
  const parts = placeParts(finding).filter((part) => !isSaid(part));
  const where = parts.map(sanitize).join(' ');
  const values = valueWords(finding);
  const more =
    otherPaths.length === 0
      ? ''
      : ` (needed at ${otherPaths.length} more ${otherPaths.length === 1 ? 'path' : 'paths'})`;
  const what = withShortIds(sanitize(message));
  return `${where === '' ? '' : `${where}: `}${what}${values === '' ? '' : `: ${values}`}${more}${unlisted === 0 ? '' : ` (and ${formatCount(unlisted)} more like it, not listed)`}`;
}

/** A checkpoint's folder says no more than its ID, nor a field's name more than a message that names it. */
function isInPath(part: string, { checkpoint, path, field, message }: Finding): boolean {
  if (part === path) return checkpoint !== undefined && path.replace('/', '') === checkpoint;
  return field !== undefined && part === `field ${field}` && message.includes(field);
}

/** The values of a field that differs: `"a" → "b"`, `was "a"`, `is "b"`; nothing where there are none. */
export function valueWords({ old, new: now }: Finding): string {
  if (old !== undefined && now !== undefined) return `${sanitize(old)} → ${sanitize(now)}`;
  if (old !== undefined) return `was ${sanitize(old)}`;
  return now === undefined ? '' : `is ${sanitize(now)}`;
}

/** What stands for a file where a format wants one: the path in the tree, or the ref. */
export function fileOf({ path, ref }: Finding, v1: string): string {
  return sanitize(path ?? ref ?? v1);
}
