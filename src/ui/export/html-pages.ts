import { htmlTop } from '../html-page.ts';
import { entryBlock } from './entry-blocks.ts';
import { escapeHtml } from './escape-html.ts';
import { markdownHtml } from './markdown-html.ts';
import type { PageWriter } from './page-writer.ts';

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}h3{font-size:.85rem;margin:0 0 .3rem;opacity:.7}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dd{margin:0;overflow-wrap:anywhere}
article{margin:.8rem 0;padding:.6rem .9rem;border-left:3px solid #8884}.prompt{border-color:#2a7de1;background:#2a7de114}.answer{border-color:#2a9d4a}.thinking{opacity:.75}
pre{white-space:pre-wrap;margin:0}.prose{overflow-wrap:anywhere}.prose>*{margin:.4rem 0}.prose p{white-space:pre-wrap}.prose pre{padding:.5rem;background:#8882}code{font:.9em ui-monospace,monospace}h4{font-size:1rem}blockquote{border-left:2px solid #8886;padding-left:.7rem}pre{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}summary{cursor:pointer}table{border-collapse:collapse}td{padding:.2rem 1rem .2rem 0;vertical-align:top}`;

/** Pages for a browser: one file each, without a script. */
export const htmlPages: PageWriter = {
  extension: 'html',
  head({ title, facts }) {
    const list = facts.map(([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`).join('\n');
    return `${htmlTop(title, STYLE)}<h1>${escapeHtml(title)}</h1>\n<dl>\n${list}\n</dl>\n`;
  },
  session: (title) => `<h2>${escapeHtml(title)}</h2>\n`,
  entry(entry) {
    const block = entryBlock(entry);
    if (block === undefined) return '';
    const { kind, heading, text, isCode, isLong } = block;
    const body = isCode ? `<pre>${escapeHtml(text)}</pre>` : `<div class="prose">${markdownHtml(text)}</div>`;
    if (!isLong)
      return `<article class="${kind}"><h3>${escapeHtml(heading)}</h3>${text === '' ? '' : body}</article>\n`;
    const lines = text.split('\n').length;
    const summary = `<summary>${escapeHtml(heading)} (${lines} lines)</summary>`;
    return `<article class="${kind}"><details>${summary}${body}</details></article>\n`;
  },
  end: () => '</body>\n</html>\n',
  index(title, lines) {
    const rows = lines.map(
      ({ file, title: text, note }) =>
        `<tr><td><a href="${escapeHtml(encodeURIComponent(file))}">${escapeHtml(text)}</a></td><td>${escapeHtml(note)}</td></tr>\n`,
    );
    return `${htmlTop(title, STYLE)}<h1>${escapeHtml(title)}</h1>\n<table>\n${rows.join('')}</table>\n</body>\n</html>\n`;
  },
};
