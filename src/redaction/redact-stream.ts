import type { FindSecrets } from './finder.ts';
import { redactBytes } from './redact-bytes.ts';
import { asRedactionError } from './redaction-error.ts';
import type { TranscriptFormat } from './transcript-format.ts';

/** So many new bytes are redacted together. A line that is longer is taken as a whole. */
const BATCH = 1 << 20;
const LINE_FEED = 0x0a;

/**
 * Redacts a transcript as it comes, line by line; a `json` is read to its end first. `onCount` gets the number of secrets
 * in each step. Ends with a `RedactionError` rather than yield what was not redacted; errors of the input go through.
 */
export async function* redactStream(
  input: AsyncIterable<Uint8Array>,
  format: TranscriptFormat,
  find: FindSecrets,
  onCount: (count: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const redact = async (parts: readonly Buffer[], isEnd: boolean) => {
    const result = await asRedactionError('scanning a transcript', () =>
      redactBytes(Buffer.concat(parts), format, isEnd, find),
    );
    onCount(result.count);
    return result;
  };
  let pending: Buffer[] = [];
  let added = 0;
  for await (const chunk of input) {
    // A copy: who made the chunk may use its memory again.
    const bytes = Buffer.from(chunk);
    added += bytes.length;
    const feed = format === 'json' || added < BATCH ? -1 : bytes.lastIndexOf(LINE_FEED);
    if (feed < 0) {
      pending.push(bytes);
      continue;
    }
    const { output, held } = await redact([...pending, bytes.subarray(0, feed + 1)], false);
    yield* output;
    const rest = bytes.subarray(feed + 1);
    pending = [held, rest];
    added = rest.length;
  }
  yield* (await redact(pending, true)).output;
}
