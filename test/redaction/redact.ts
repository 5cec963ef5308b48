import { loadRedactor, type TranscriptFormat } from '../../src/redaction/redactor.ts';
import { inChunks } from './json-texts.ts';

/** A transcript redacted as a whole. */
export async function redactAll(
  input: string | Uint8Array,
  format: TranscriptFormat,
  sizes: readonly number[] = [65_536],
): Promise<{ bytes: Buffer; text: string; count: number }> {
  const redactor = await loadRedactor();
  const { output, count } = redactor.redactTranscript(inChunks(Buffer.from(input), sizes), format);
  const parts: Buffer[] = [];
  for await (const part of output) parts.push(part);
  const bytes = Buffer.concat(parts);
  return { bytes, text: bytes.toString(), count: count() };
}
