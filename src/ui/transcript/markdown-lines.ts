import type { Token, Tokens } from 'marked';
import { padTo, widthOf } from '../clip.ts';
import type { Line } from './line.ts';
import { markdownTokens } from './markdown-tokens.ts';

/**
 * Markdown as lines for a terminal: headings, lists, quotes, tables and code as such; what is inside of code stays as it is. Text has
 * to be fit for a terminal already. Lines are as long as they are: whoever shows them wraps them.
 */
export function markdownLines(text: string): Line[] {
  const lines = blocksOf(markdownTokens(text));
  while (lines.length > 0 && lines.at(-1)?.text === '') lines.pop();
  return lines;
}

function blocksOf(tokens: readonly Token[]): Line[] {
  return tokens.flatMap((token) => blockLines(token));
}

function blockLines(token: Token): Line[] {
  switch (token.type) {
    case 'space':
      return [{ text: '' }];
    case 'heading':
      return [{ text: inline(token.tokens), look: 'heading' }];
    case 'code':
      return (token as Tokens.Code).text.split('\n').map((line) => ({ text: `    ${line}`, look: 'code' }));
    case 'blockquote':
      return indented(blocksOf(token.tokens ?? []), '│ ', '│ ');
    case 'list':
      return listLines(token as Tokens.List);
    case 'table':
      return tableLines(token as Tokens.Table);
    case 'hr':
      return [{ text: '────────' }];
    case 'paragraph':
    case 'text':
      return inline(token.tokens ?? [token])
        .split('\n')
        .map((line) => ({ text: line }));
    default:
      return token.raw.split('\n').map((line: string) => ({ text: line }));
  }
}

function listLines({ items, ordered, start }: Tokens.List): Line[] {
  return items.flatMap((item, i) => {
    const box = item.task ? (item.checked ? '[x] ' : '[ ] ') : '';
    const mark = `${ordered ? `${Number(start) + i}.` : '•'} ${box}`;
    const lines = blocksOf(item.tokens.filter(({ type }) => type !== 'checkbox'));
    while (lines.length > 0 && lines.at(-1)?.text === '') lines.pop();
    return indented(lines, mark, ' '.repeat(widthOf(mark)));
  });
}

function indented(lines: readonly Line[], first: string, others: string): Line[] {
  return lines.map((line, i) => ({ ...line, text: (i === 0 ? first : others) + line.text }));
}

/** Columns of the same width, but for ones that are so wide that lines would be wrapped into each other. */
const WIDEST_CELL = 40;

function tableLines({ header, rows }: Tokens.Table): Line[] {
  const cells = [header, ...rows].map((row) => row.map(({ tokens }) => inline(tokens).replaceAll('\n', ' ')));
  const widths = header.map((_, at) =>
    Math.min(
      WIDEST_CELL,
      cells.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), 0),
    ),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, at) => padTo(cell, widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [head = '', ...rest] = lines;
  return [{ text: head, look: 'heading' }, { text: rule }, ...rest.map((text) => ({ text }))];
}

/** Text without the marks of emphasis; code keeps its backticks, a link shows where it leads. */
function inline(tokens: readonly Token[] | undefined): string {
  return (tokens ?? []).map(inlineText).join('');
}

function inlineText(token: Token): string {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return inline(token.tokens);
    case 'br':
      return '\n';
    case 'link': {
      const text = inline(token.tokens);
      return text === token.href || `mailto:${text}` === token.href ? text : `${text} (${token.href})`;
    }
    case 'image':
      return `[image: ${token.text}] (${token.href})`;
    case 'escape':
      return token.text;
    case 'text':
      return token.tokens === undefined ? unescaped(token.raw) : inline(token.tokens);
    default:
      return token.raw;
  }
}

function unescaped(raw: string): string {
  return raw.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
