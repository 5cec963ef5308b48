import { parseJsonDocument } from '../json/tokens.ts';

/** Two texts to compare, and what to know of them. */
export interface ComparableTexts {
  readonly left: AsyncIterable<Buffer>;
  readonly right: AsyncIterable<Buffer>;
  readonly note?: string;
}

/**
 * Two JSON texts in one form, so that their lines can be compared: other programs write the same values on one line. Where
 * the values are the same, or a text is not JSON, they stay as they are.
 */
export async function sameFormJson(
  left: AsyncIterable<Buffer>,
  right: AsyncIterable<Buffer>,
): Promise<ComparableTexts> {
  const [a, b] = [await whole(left), await whole(right)];
  const [prettyA, prettyB] = [pretty(a), pretty(b)];
  const asTheyAre = { left: once(a), right: once(b) };
  if (prettyA === undefined || prettyB === undefined) return asTheyAre;
  if (prettyA === prettyB) return { ...asTheyAre, note: 'the values are the same, written in another way' };
  return { left: once(Buffer.from(prettyA)), right: once(Buffer.from(prettyB)) };
}

function pretty(text: Buffer): string | undefined {
  try {
    return `${JSON.stringify(parseJsonDocument(text.toString('utf8')), null, 2)}\n`;
  } catch {
    return undefined;
  }
}

async function whole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A content that is in memory, as a stream of one piece. */
export async function* once(content: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield content;
}
