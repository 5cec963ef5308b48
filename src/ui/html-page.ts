import { createHash } from 'node:crypto';
import { escapeHtml } from './export/escape-html.ts';

/**
 * The beginning of a page for a browser, up to its body. Nothing is loaded and nothing runs, whatever stands in it: all text is
 * escaped, and should that ever fail, the policy allows no script, no picture, no frame, no form and no style but the page's own.
 */
export function htmlTop(title: string, style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
`;
}
