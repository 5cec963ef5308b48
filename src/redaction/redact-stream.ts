import type { FindSecrets } from './finder.ts';
import { PendingBytes } from './pending-bytes.ts';
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
  const pending = new PendingBytes();
  const push = (bytes: Uint8Array) => asRedactionError('reading a transcript', () => pending.push(bytes));
  const redact = async (isEnd: boolean) => {
    const result = await asRedactionError('scanning a transcript', () =>
      redactBytes(pending.take(), format, isEnd, find),
    );
    onCount(result.count);
    return result;
  };
  let added = 0;
  for await (const chunk of input) {
    added += chunk.length;
    const feed = format === 'json' || added < BATCH ? -1 : chunk.lastIndexOf(LINE_FEED);
    await push(feed < 0 ? chunk : chunk.subarray(0, feed + 1));
    if (feed < 0) continue;
    // A copy of the rest: who made the chunk may use its memory again while what is before it is yielded.
    const rest = Buffer.from(chunk.subarray(feed + 1));
    const { output, held } = await redact(false);
    yield* output;
    await push(held);
    await push(rest);
    added = rest.length;
  }
  yield* (await redact(true)).output;
}
