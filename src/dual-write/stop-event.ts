import { textOf, tryObject } from '../json/read.ts';

/** What an event of an agent may be long, in bytes; the real ones have some hundred. */
const MAX_EVENT = 1 << 20;

/**
 * The session that an event of an agent's `Stop` hook is about: `session_id` of the JSON object that the agent writes to the hook's stdin
 * (https://code.claude.com/docs/en/hooks). `undefined` where there is none: who runs a hook by hand gives no event.
 */
export async function readStopEvent(stdin: AsyncIterable<Buffer | string>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_EVENT) return undefined;
    chunks.push(bytes);
  }
  return textOf(tryObject(Buffer.concat(chunks))?.session_id) || undefined;
}
