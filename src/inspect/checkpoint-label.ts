import type { NamingCommit } from '../commits/naming-commits.ts';

/** What a label is made of: the fields of a listed checkpoint. */
interface Facts {
  readonly commits: readonly NamingCommit[];
  readonly prompt: string | null;
  readonly files: readonly string[];
  readonly createdAt: string | null;
  readonly isOddTime: boolean;
}

/** Files that a label names; the others are counted. */
const NAMED = 2;

/**
 * What to call a checkpoint: the subject of the first commit that names it. Where none does, its prompt and what sets it apart from others
 * of the same session, which begin with the same prompts: `Fix the parser · lexer.ts, parser.ts +3`, or, where it touched no file, the time of
 * day in UTC (`Fix the parser · 09:30`). `null` where nothing of this is known.
 */
export function checkpointLabel({ commits, prompt, files, createdAt, isOddTime }: Facts): string | null {
  const subject = commits[0]?.subject;
  if (subject) return subject;
  const apart = files.length > 0 ? namesOf(files) : isOddTime ? undefined : minuteOf(createdAt);
  return [prompt, apart].filter(Boolean).join(' · ') || null;
}

/** Their names without the folders: a label has no room for these. */
function namesOf(files: readonly string[]): string {
  const names = files.slice(0, NAMED).map((path) => path.slice(path.replace(/\/+$/, '').lastIndexOf('/') + 1));
  return `${names.join(', ')}${files.length > NAMED ? ` +${files.length - NAMED}` : ''}`;
}

function minuteOf(createdAt: string | null): string | undefined {
  const time = createdAt === null ? Number.NaN : Date.parse(createdAt);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(11, 16);
}
