import { Marked, type RendererObject, type Token } from 'marked';
import { markdownTokens } from '../transcript/markdown-tokens.ts';
import { escapeHtml } from './escape-html.ts';

/**
 * HTML for Markdown: elements for text alone, without an attribute that the text could choose. HTML in it is text; a link is its
 * text and its address, a picture what stands for it.
 */
export function markdownHtml(text: string): string {
  const tokens = [...markdownTokens(text)];
  // The library takes text between tags of HTML for HTML that it has escaped. What it marks so from here on, it has.
  pages.walkTokens(tokens, (token) => {
    if (token.type === 'text') token.escaped = false;
  });
  return pages.parser(tokens).trimEnd();
}

const RENDERER: RendererObject = {
  html: (token) => (token.block ? `<p>${escapeHtml(token.text.trimEnd())}</p>\n` : escapeHtml(token.text)),
  image: ({ raw }) => escapeHtml(raw),
  link({ href, tokens }) {
    const words = this.parser.parseInline(tokens);
    const address = escapeHtml(href);
    return words === address ? words : `${words} (${address})`;
  },
  text(token) {
    const { tokens: inner, escaped = false } = token as { tokens?: Token[]; escaped?: boolean };
    if (inner !== undefined) return this.parser.parseInline(inner);
    return escaped ? token.text : escapeHtml(token.text);
  },
  heading({ tokens }) {
    return `<h4>${this.parser.parseInline(tokens)}</h4>\n`;
  },
  code: ({ text }) => `<pre>${escapeHtml(text)}</pre>\n`,
  codespan: ({ text }) => `<code>${escapeHtml(text)}</code>`,
  checkbox: ({ checked }) => (checked ? '[x] ' : '[ ] '),
};

const pages = new Marked({ gfm: true, renderer: RENDERER });
