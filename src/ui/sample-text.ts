import type { Sample } from '../stores/sample.ts';
import { nextLine } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf } from './words.ts';

/** What a new sample repository holds, and what to do with it. Ends with a line feed. */
export function sampleText(dir: string, { ref, counts: { commits, checkpoints, sessions } }: Sample): string {
  const what = [countOf(checkpoints, 'checkpoint'), countOf(sessions, 'session'), countOf(commits, 'commit')];
  return `Made ${sanitize(dir)}: ${what.join(', ')} on ${sanitize(ref)}.
${nextLine({ argv: ['--repo', dir] }, 'migrate')}
`;
}
