import type { Sample } from '../stores/sample.ts';
import { sanitize } from './sanitize.ts';
import { countOf } from './words.ts';

/** What a new sample repository holds, and what to do with it. Ends with a line feed. */
export function sampleText(dir: string, { ref, commits, checkpoints, sessions }: Sample): string {
  const what = [countOf(checkpoints, 'checkpoint'), countOf(sessions, 'session'), countOf(commits, 'commit')];
  return `Made ${sanitize(dir)}: ${what.join(', ')} on ${sanitize(ref)}.
Next: ckpt migrate --repo ${sanitize(dir)}
`;
}
