import { sanitize } from '../sanitize.ts';

/**
 * Text of a repository as a code span of Markdown: nothing in it is taken as markup, a link, a mention or HTML, and it stays
 * in one cell of a table.
 */
export function codeSpan(text: string): string {
  // A table's cell ends at a bar, also in a code span; a backslash before the bar would escape the one that is put there.
  const safe = sanitize(text)
    .replace(/\\(?=\\*\|)/g, '\\ ')
    .replaceAll('|', '\\|');
  const longest = [...safe.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const pad = safe === '' || longest > 0 ? ' ' : '';
  return `${fence}${pad}${safe}${pad}${fence}`;
}
