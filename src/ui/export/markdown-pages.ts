import { sanitize } from '../sanitize.ts';
import { entryBlock } from './entry-blocks.ts';
import type { PageWriter } from './page-writer.ts';

/** Pages in Markdown. What users and agents say is Markdown already and is left alone; everything else is in fences. */
export const markdownPages: PageWriter = {
  extension: 'md',
  head: ({ title, facts }) =>
    `# ${inline(title)}\n\n${facts.map(([label, value]) => `- ${label}: ${inline(value)}\n`).join('')}`,
  session: (title) => `\n## ${inline(title)}\n`,
  entry(entry) {
    const block = entryBlock(entry);
    if (block === undefined) return '';
    const text = block.isCode && block.text !== '' ? fenced(block.text) : block.text;
    return `\n### ${inline(block.heading)}\n\n${text}\n`;
  },
  end: () => '',
  index: (title, lines) =>
    `# ${inline(title)}\n\n${lines.map(({ file, title: text, note }) => `- [${inline(text)}](${encodeURIComponent(file)}): ${inline(note)}\n`).join('')}`,
};

/** A fence that is longer than any in the text. */
function fenced(text: string): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [ticks]) => Math.max(most, ticks.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/** Text that means nothing in a line of Markdown. */
function inline(text: string): string {
  return sanitize(text).replace(/[\\`*_[\]<>#|]/g, '\\$&');
}
