import type { FindSecrets } from './finder.ts';
import { type DocumentWithSecrets, secretsInBytes } from './found-secrets.ts';
import { countMarkers, keyMarker, MARKER } from './marker.ts';
import { RedactionError } from './redaction-error.ts';
import type { TranscriptFormat } from './transcript-format.ts';

/** A secret may come to light when the one before it is gone; this many in a row are not secrets but a mistake of a rule. */
const MAX_ROUNDS = 100;

/** What redaction made of some bytes. */
export interface RedactedBytes {
  /** In order; parts without secrets are parts of the input, not copies. */
  readonly output: Buffer[];
  /** How many secrets were replaced. */
  readonly count: number;
  /** The end of the input that is not in the output: text that must be seen together with what follows. Empty at the end. */
  readonly held: Buffer;
}

/**
 * Redacts bytes of a transcript: whole lines, or everything where `isEnd`. Only what is inside a JSON string or in a text
 * changes, and of that only the secrets. What was changed is looked at again until nothing more is found, so that a second
 * redaction has nothing to do.
 */
export function redactBytes(bytes: Buffer, format: TranscriptFormat, isEnd: boolean, find: FindSecrets): RedactedBytes {
  const { documents, end } = secretsInBytes(bytes, format, isEnd, find);
  const output: Buffer[] = [];
  let total = 0;
  let at = 0;
  for (const document of documents) {
    const { content, count } = redactDocument(bytes, document, format, find);
    output.push(bytes.subarray(at, document.start), content);
    at = document.end;
    total += count;
  }
  output.push(bytes.subarray(at, end));
  return { output: output.filter(({ length }) => length > 0), count: total, held: bytes.subarray(Math.max(at, end)) };
}

function redactDocument(
  bytes: Buffer,
  first: DocumentWithSecrets,
  format: TranscriptFormat,
  find: FindSecrets,
): { content: Buffer; count: number } {
  let count = first.secrets.length;
  let content = withMarkers(bytes.subarray(first.start, first.end), first.start, first);
  for (let round = 1; ; round++) {
    const { documents } = secretsInBytes(content, format, true, find);
    if (documents.length === 0) return { content, count };
    if (round === MAX_ROUNDS) throw new RedactionError('a rule finds secrets in what was redacted, over and over');
    for (const document of documents.toReversed()) {
      const changed = withMarkers(content.subarray(document.start, document.end), document.start, document);
      content = Buffer.concat([content.subarray(0, document.start), changed, content.subarray(document.end)]);
      count += document.secrets.length;
    }
  }
}

/** A document with markers for its secrets, whose places count from `offset`; those in keys are numbered. */
function withMarkers(bytes: Buffer, offset: number, { secrets }: DocumentWithSecrets): Buffer {
  let taken = secrets.some(({ isInKey }) => isInKey) ? countMarkers(bytes.toString('latin1')) : 0;
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, isInKey } of secrets) {
    parts.push(bytes.subarray(at, start - offset), Buffer.from(isInKey ? keyMarker(taken++) : MARKER));
    at = end - offset;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}
