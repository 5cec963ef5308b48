import { sanitize } from '../sanitize.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is nothing but text in HTML, in an attribute too, without control characters. */
export function escapeHtml(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(sanitize).join('\t'))
    .join('\n')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
