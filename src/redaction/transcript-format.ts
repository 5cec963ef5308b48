import { isJson } from '../json/tokens.ts';

/**
 * How a transcript is made up: one JSON value in each line, one JSON document, or anything else. Redaction is right for
 * each of them in any case; the format says how much must be in memory at once: a line, or the whole of a document.
 */
export type TranscriptFormat = 'jsonl' | 'json' | 'text';

/** How many bytes of a transcript are enough to tell its format. */
export const FORMAT_HEAD_BYTES = 1 << 16;

/**
 * Guesses the format from the first bytes. A first line that is a JSON value by itself, or one that begins like JSON and is longer
 * than the head, is `jsonl`, also where it is the only one; a document that goes on in the next line is `json`.
 */
export function transcriptFormat(head: Uint8Array): TranscriptFormat {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
    .toString('utf8')
    .replace(/^\ufeff?\s+/, '');
  const [line = '', ...more] = text.replace(/^\ufeff/, '').split('\n');
  if (!/^[{[]/.test(line)) return 'text';
  if (more.length === 0 || isJson(line)) return 'jsonl';
  return /^(?:\{\s*(?:"|\}|$)|\[\s*(?:["{[\]\dtfn-]|$))/.test(line) ? 'json' : 'text';
}
