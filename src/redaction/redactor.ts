import { JsonSource } from '../json/source.ts';
import { redactBytes } from './redact-bytes.ts';
import { redactStream } from './redact-stream.ts';
import { asRedactionError } from './redaction-error.ts';
import type { TranscriptFormat } from './transcript-format.ts';

export { MARKER } from './marker.ts';
export { FORMAT_HEAD_BYTES, type TranscriptFormat, transcriptFormat } from './transcript-format.ts';

/** A text with a marker in the place of each secret, and how many were replaced. */
export interface Redacted {
  readonly text: string;
  readonly count: number;
}

/** A transcript that is redacted while it is read. */
export interface RedactedTranscript {
  /** To be read once. Throws a `RedactionError` where redaction failed: what came before must be thrown away then. */
  readonly output: AsyncIterable<Buffer>;
  /** The secrets replaced so far; final when `output` has ended. */
  count(): number;
}

/**
 * Puts `[REDACTED]` in the place of each secret (`docs/redaction.md` says what is found). Everything else stays as it is. A
 * second redaction finds nothing. All methods throw `RedactionError` where secrets could not be looked for.
 */
export interface Redactor {
  /** Plain text: a prompt, a context. */
  redactText(text: string): Promise<Redacted>;
  /** A JSON value: strings and keys are redacted, its shape is kept. It is the same source where nothing was found. */
  redactJson(source: JsonSource): Promise<{ source: JsonSource; count: number }>;
  /** A transcript as a stream of bytes, in chunks of any size. */
  redactTranscript(input: AsyncIterable<Uint8Array>, format: TranscriptFormat): RedactedTranscript;
}

/** Loads the rules, which takes some 20 ms: to be called only where there is something to redact. */
export async function loadRedactor(): Promise<Redactor> {
  const { findSecrets } = await asRedactionError('loading the rules', () => import('./finder.ts'));

  const redactJson = async (source: JsonSource): Promise<{ source: JsonSource; count: number }> => {
    return asRedactionError('scanning a JSON value', async () => {
      const { output, count } = await redactBytes(source.bytes, 'json', true, findSecrets);
      return { source: count === 0 ? source : JsonSource.parse(Buffer.concat(output)), count };
    });
  };

  return {
    redactJson,
    async redactText(text) {
      const { source, count } = await redactJson(JsonSource.of(text));
      return { text: source.value as string, count };
    },
    redactTranscript(input, format) {
      let count = 0;
      const output = redactStream(input, format, findSecrets, (found) => {
        count += found;
      });
      return { output, count: () => count };
    },
  };
}
