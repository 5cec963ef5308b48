import { textOf, tryObject } from '../json/read.ts';

/** What an event of an agent may be long, in bytes; the real ones have some hundred. */
const MAX_EVENT = 1 << 20;

/**
 * The session that an agent's event at the end of a turn is about, of the JSON object that the agent writes to the hook's stdin: `session_id`
 * (https://code.claude.com/docs/en/hooks, and most agents), `sessionId` (Copilot), `conversation_id` (Cursor). `undefined` where there is none: who runs a hook by hand gives no event.
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
  const event = tryObject(Buffer.concat(chunks));
  return textOf(event?.session_id ?? event?.sessionId ?? event?.conversation_id) || undefined;
}
